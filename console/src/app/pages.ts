// The pages. Adding one: a folder under `pages/` whose module has a default export, `page.<name>` in `messages.ts`, and a line here.
import { BookOpenText, type LucideIcon, MessagesSquare } from "lucide-react";
import { type ComponentType, lazy, type LazyExoticComponent } from "react";

export interface Page {
  name: "chat" | "knowledge";
  /** Its own addresses all begin with `/name`. */
  icon: LucideIcon;
  /** Scopes of which the person needs one; what a page may do is the API's decision, this only hides what would be refused. */
  scopes: readonly string[];
  Body: LazyExoticComponent<ComponentType>;
}

export const PAGES: readonly Page[] = [
  { name: "chat", icon: MessagesSquare, scopes: ["chat"], Body: lazy(() => import("../pages/chat/ChatPage")) },
  {
    name: "knowledge",
    icon: BookOpenText,
    scopes: ["knowledge:read", "knowledge:write"],
    Body: lazy(() => import("../pages/knowledge/KnowledgePage")),
  },
];

export const pagesFor = (scopes: readonly string[]): readonly Page[] =>
  PAGES.filter((page) => page.scopes.some((scope) => scopes.includes(scope)));
