// Who is signed in, as the API tells; below `MeProvider` it is always known.
import { createContext, useContext } from "react";

import { answer, api } from "../api/client";
import type { Me } from "../api/shapes";

const Current = createContext<Me | null>(null);

export const MeProvider = Current.Provider;

export const fetchMe = (): Promise<Me> => answer<Me>(api.GET("/v1/me"));

export function useMe(): Me {
  const me = useContext(Current);
  if (!me) throw new Error("useMe outside of MeProvider");
  return me;
}

export function useScope(scope: string): boolean {
  return useMe().scopes.includes(scope);
}
