// Sign-in with the organisation's account: OAuth 2.0 authorization code with PKCE (RFC 6749, RFC 7636), no secret in the browser.
import type { Credential } from "./session";

export interface SignInService {
  authorize_url: string;
  token_url: string;
  client_id: string;
  scopes: string[];
}

export interface Config {
  /** null where people sign in with a key. */
  sign_in: SignInService | null;
}

const PENDING = "maru.sign-in";

interface Pending {
  state: string;
  verifier: string;
  back: string;
}

let config: Promise<Config> | null = null;

/** How this deployment signs people in; written beside the console by whoever serves it. */
export function loadConfig(): Promise<Config> {
  config ??= fetch("/config.json")
    .then((response) => (response.ok ? (response.json() as Promise<Config>) : { sign_in: null }))
    .catch(() => ({ sign_in: null }));
  return config;
}

const redirect = (): string => `${location.origin}/signed-in`;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** RFC 7636, section 4.2: S256. */
export async function challengeOf(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** Where to send the browser; what comes back is checked against what is kept here. */
export async function authorizeAddress(service: SignInService, back: string): Promise<string> {
  const pending: Pending = { state: random(), verifier: random(), back };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: service.client_id,
    redirect_uri: redirect(),
    scope: service.scopes.join(" "),
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: "S256",
  });
  return `${service.authorize_url}?${query}`;
}

/** Turn the code in the address into a credential; raises where the address was not asked for or the service refuses. */
export async function finishSignIn(service: SignInService, address: URL): Promise<{ credential: Credential; back: string }> {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null") as Pending | null;
  sessionStorage.removeItem(PENDING);
  const code = address.searchParams.get("code");
  if (!pending || !code || address.searchParams.get("state") !== pending.state) throw new Error("sign-in was not asked for here");
  const credential = await token(service, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirect(),
    code_verifier: pending.verifier,
  });
  return { credential, back: pending.back };
}

export async function refreshed(refresh: string): Promise<Credential> {
  const { sign_in: service } = await loadConfig();
  if (!service) throw new Error("no sign-in service");
  return { refresh, ...(await token(service, { grant_type: "refresh_token", refresh_token: refresh })) };
}

interface Token {
  access_token: string;
  expires_in?: number;
  refresh_token?: string;
}

async function token(service: SignInService, fields: Record<string, string>): Promise<Credential> {
  const body = new URLSearchParams({ client_id: service.client_id, ...fields });
  const response = await fetch(service.token_url, { method: "POST", body });
  if (!response.ok) throw new Error(`the sign-in service answered ${response.status}`);
  const told = (await response.json()) as Token;
  return {
    bearer: told.access_token,
    expires: Date.now() + (told.expires_in ?? 3600) * 1000,
    ...(told.refresh_token ? { refresh: told.refresh_token } : {}),
  };
}
