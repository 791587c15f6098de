// The pages. Adding one: a folder under `pages/` whose module has a default export, `page.<name>` in `messages.ts`, and a line here.
import {
  BookOpenText,
  Boxes,
  ChartColumn,
  CircleCheckBig,
  FlaskConical,
  KeyRound,
  type LucideIcon,
  MessagesSquare,
  PlugZap,
  ScrollText,
  ShieldCheck,
  Workflow,
} from "lucide-react";
import { type ComponentType, lazy, type LazyExoticComponent } from "react";

export interface Page {
  name: "chat" | "knowledge" | "playground" | "connect" | "prompts" | "chains" | "approvals" | "guard" | "models" | "usage" | "keys";
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
  { name: "playground", icon: FlaskConical, scopes: ["chat"], Body: lazy(() => import("../pages/playground/PlaygroundPage")) },
  { name: "connect", icon: PlugZap, scopes: ["chat"], Body: lazy(() => import("../pages/connect/ConnectPage")) },
  { name: "prompts", icon: ScrollText, scopes: ["build"], Body: lazy(() => import("../pages/prompts/PromptsPage")) },
  { name: "chains", icon: Workflow, scopes: ["chains"], Body: lazy(() => import("../pages/chains/ChainsPage")) },
  { name: "approvals", icon: CircleCheckBig, scopes: ["approve"], Body: lazy(() => import("../pages/approvals/ApprovalsPage")) },
  { name: "guard", icon: ShieldCheck, scopes: ["build"], Body: lazy(() => import("../pages/guard/GuardPage")) },
  { name: "models", icon: Boxes, scopes: ["build", "admin"], Body: lazy(() => import("../pages/models/ModelsPage")) },
  { name: "usage", icon: ChartColumn, scopes: ["admin"], Body: lazy(() => import("../pages/usage/UsagePage")) },
  { name: "keys", icon: KeyRound, scopes: ["admin"], Body: lazy(() => import("../pages/keys/KeysPage")) },
];

export const pagesFor = (scopes: readonly string[]): readonly Page[] =>
  PAGES.filter((page) => page.scopes.some((scope) => scopes.includes(scope)));
