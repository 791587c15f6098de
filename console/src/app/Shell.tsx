import { Menu as MenuIcon } from "lucide-react";
import { Component, type ReactNode, Suspense, useEffect, useState } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";

import { useText } from "../i18n/text";
import { Button, Empty, IconButton, Loading } from "../ui/ui";
import { Account } from "./Account";
import { useMe } from "./me";
import { messages } from "./messages";
import { type Page, pagesFor } from "./pages";

/** The frame around every page: where one can go, and who is signed in. */
export function Shell() {
  const text = useText(messages);
  const pages = pagesFor(useMe().scopes);
  const [location] = useLocation();
  const [open, setOpen] = useState(false);
  // Whoever may not chat begins at the first page that is theirs.
  const home = `/${pages[0]?.name ?? "chat"}`;
  const current = pages.find((page) => location === `/${page.name}` || location.startsWith(`/${page.name}/`));
  useEffect(() => setOpen(false), [location]);
  useEffect(() => {
    document.title = current ? `${text(`page.${current.name}`)} · Maru` : "Maru";
  }, [current, text]);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {text("nav.skip")}
      </a>
      <header className="topbar">
        <IconButton label={text("nav.open")} onPress={() => setOpen(!open)} aria-expanded={open}>
          <MenuIcon aria-hidden size={20} />
        </IconButton>
        <strong>{current ? text(`page.${current.name}`) : "Maru"}</strong>
      </header>
      {open && <div className="scrim" aria-hidden onClick={() => setOpen(false)} />}
      <aside className="side" data-open={open || undefined}>
        <Link href={home} className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" /> Maru
        </Link>
        <nav aria-label={text("nav.label")}>
          {pages.map((page) => (
            <NavLink key={page.name} page={page} isCurrent={page === current} />
          ))}
        </nav>
        <Account />
      </aside>
      <main id="content" tabIndex={-1}>
        <Boundary key={current?.name} fallback={<Broken />}>
          <Suspense fallback={<Loading label={text("loading")} />}>
            <Switch>
              <Route path="/">
                <Redirect to={home} replace />
              </Route>
              {pages.map(({ name, Body }) => (
                <Route key={name} path={`/${name}/*?`}>
                  <Body />
                </Route>
              ))}
              <Route>
                <Missing />
              </Route>
            </Switch>
          </Suspense>
        </Boundary>
      </main>
    </div>
  );
}

function NavLink({ page, isCurrent }: { page: Page; isCurrent: boolean }) {
  const text = useText(messages);
  return (
    <Link href={`/${page.name}`} aria-current={isCurrent ? "page" : undefined}>
      <page.icon aria-hidden size={18} /> {text(`page.${page.name}`)}
    </Link>
  );
}

function Missing() {
  const text = useText(messages);
  return (
    <Empty title={text("missing.title")} body={text("missing.body")}>
      <Link href="/">{text("missing.back")}</Link>
    </Empty>
  );
}

function Broken() {
  const text = useText(messages);
  return (
    <Empty title={text("broken.title")} body={text("broken.body")}>
      <Button onPress={() => location.reload()}>{text("broken.reload")}</Button>
    </Empty>
  );
}

/** Keeps the frame standing when a page fails. */
class Boundary extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
