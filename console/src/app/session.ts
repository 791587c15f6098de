// Who is signed in. The credential lives in sessionStorage: it ends with the tab, and no other site or tab reads it.
import { useSyncExternalStore } from "react";

import { refreshed } from "./oidc";

const PLACE = "maru.credential";
/** A token is renewed so many milliseconds before it ends. */
const EARLY = 60_000;

export interface Credential {
  bearer: string;
  /** Of tokens from the sign-in service, milliseconds since the epoch; keys say nothing about their end. */
  expires?: number;
  refresh?: string;
}

let known: Credential | null = read();
/** Why nobody is signed in, where that was not the person's own wish. */
type WhyOut = "signIn.ended" | "signIn.failed" | null;

let why: WhyOut = null;
const listeners = new Set<() => void>();

function read(): Credential | null {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? "null") as Credential | null;
  } catch {
    return null;
  }
}

function keep(credential: Credential | null): void {
  known = credential;
  if (credential) sessionStorage.setItem(PLACE, JSON.stringify(credential));
  else sessionStorage.removeItem(PLACE);
  for (const listener of listeners) listener();
}

let visit = 0;

/** Counts who signed in: another number is another person, while tokens of one are renewed. */
export const currentVisit = (): number => visit;

export function signIn(credential: Credential): void {
  why = null;
  visit += 1;
  keep(credential);
}

export function signOut(): void {
  why = null;
  keep(null);
}

/** What came back from the sign-in service lets nobody in. */
export function signInFailed(): void {
  why = "signIn.failed";
  keep(null);
}

/** The API refused this credential: unless another one has come meanwhile, the session is over. */
export function credentialRefused(used: string): void {
  if (known?.bearer !== used) return;
  why = "signIn.ended";
  keep(null);
}

export const whyOut = (): WhyOut => why;

let renewing: Promise<void> | null = null;

/** The bearer to send, renewed where its end is near. */
export async function bearer(): Promise<string | null> {
  const credential = known;
  if (credential?.refresh && credential.expires && credential.expires - Date.now() < EARLY) {
    renewing ??= refreshed(credential.refresh).then(
      (next) => {
        renewing = null;
        if (known === credential) keep(next);
      },
      () => {
        renewing = null;
      },
    );
    await renewing;
  }
  return known?.bearer ?? null;
}

export function useCredential(): Credential | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
  );
}
