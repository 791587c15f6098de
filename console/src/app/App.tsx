import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { useLocation } from "wouter";

import { ApiError } from "../api/errors";
import { useText } from "../i18n/text";
import { Toasts } from "../ui/Toasts";
import { Loading } from "../ui/ui";
import { fetchMe, MeProvider } from "./me";
import { messages } from "./messages";
import { finishSignIn, loadConfig } from "./oidc";
import { useLanguage } from "./preferences";
import { currentVisit, signIn, signInFailed, useCredential, whyOut } from "./session";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});

export function App() {
  const language = useLanguage();
  const [, navigate] = useLocation();
  return (
    <I18nProvider locale={language === "ko" ? "ko-KR" : "en-GB"}>
      <RouterProvider navigate={navigate}>
        <QueryClientProvider client={queries}>
          <Door />
          <Toasts />
        </QueryClientProvider>
      </RouterProvider>
    </I18nProvider>
  );
}

/** Sign-in first, then the pages. */
function Door() {
  const credential = useCredential();
  const [location] = useLocation();
  const isIn = credential !== null;
  // Nothing of one person is left for the next.
  useEffect(() => (isIn ? () => queries.clear() : undefined), [isIn]);
  if (location === "/signed-in") return <Finishing />;
  return credential ? <SignedIn key={currentVisit()} /> : <SignIn note={whyOut()} />;
}

function SignedIn() {
  const text = useText(messages);
  const me = useQuery({ queryKey: ["me"], queryFn: fetchMe, staleTime: Infinity });
  if (me.data) {
    return (
      <MeProvider value={me.data}>
        <Shell />
      </MeProvider>
    );
  }
  return me.error ? <SignIn note="signIn.unreachable" /> : <Loading label={text("loading")} />;
}

/** The browser came back from the sign-in service. */
function Finishing() {
  const text = useText(messages);
  const [, navigate] = useLocation();
  useEffect(() => {
    const address = new URL(location.href);
    loadConfig()
      .then(({ sign_in: service }) => (service ? finishSignIn(service, address) : Promise.reject(new Error("no sign-in service"))))
      .then(({ credential, back }) => {
        signIn(credential);
        navigate(back, { replace: true });
        return null;
      })
      .catch(() => {
        signInFailed();
        navigate("/", { replace: true });
      });
  }, [navigate]);
  return <Loading label={text("signIn.finishing")} />;
}
