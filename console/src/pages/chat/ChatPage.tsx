import { useQuery, useQueryClient } from "@tanstack/react-query";
import { PanelLeft } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useLocation, useRoute } from "wouter";

import { answer, api } from "../../api/client";
import type { Agent, List, Model, Reference } from "../../api/shapes";
import "../../markdown/markdown.css";
import { useText } from "../../i18n/text";
import { ErrorNote, IconButton, Loading } from "../../ui/ui";
import "./chat.css";
import { type Answerer, Conversation, newSession } from "./conversation";
import { ConversationView } from "./ConversationView";
import { messages } from "./messages";
import { SessionList } from "./SessionList";
import { SourcePanel } from "./SourcePanel";

const EMPTY: readonly never[] = [];

export default function ChatPage() {
  const text = useText(messages);
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [, params] = useRoute("/chat/:session");
  const [fresh, setFresh] = useState(newSession);
  const session = params?.session ?? fresh;
  const [source, setSource] = useState<Reference | null>(null);
  const [listed, setListed] = useState(false);
  const { conversation, error, loading } = useConversation(session, params?.session !== undefined);

  useEffect(() => {
    setSource(null);
    setListed(false);
  }, [session]);
  useEffect(() => conversation.subscribeSettled(() => void queries.invalidateQueries({ queryKey: ["sessions"] })), [conversation, queries]);

  const startNew = useCallback(() => {
    setFresh(newSession());
    navigate("/chat");
  }, [navigate]);
  /** The address names a session from its first message on, so that a reload finds it. */
  const onFirst = useCallback(() => navigate(`/chat/${session}`), [navigate, session]);

  return (
    <div className="chat" data-source={source ? "open" : undefined}>
      <SessionList current={session} isOpen={listed} onClose={() => setListed(false)} onNew={startNew} />
      <section className="chat-main">
        <IconButton className="chat-list-button" label={text("sessions.show")} onPress={() => setListed(true)}>
          <PanelLeft aria-hidden size={18} />
        </IconButton>
        {loading && <Loading label={text("log")} />}
        {error !== null && (
          <div className="chat-error">
            <ErrorNote error={error} />
          </div>
        )}
        {!loading && error === null && <Choosing conversation={conversation} onFirst={onFirst} onSource={setSource} source={source} />}
      </section>
      {source && <SourcePanel reference={source} onClose={() => setSource(null)} />}
    </div>
  );
}

/** Conversations stay as long as the page does: an answer under way goes on while another one is looked at. */
const open = new Map<string, Conversation>();

function useConversation(session: string, isStored: boolean) {
  const conversation = useMemo(() => {
    const found = open.get(session) ?? new Conversation(session);
    open.set(session, found);
    return found;
  }, [session]);
  const isNew = !isStored || conversation.stretches.length > 0;
  const [state, setState] = useState<{ of: Conversation | null; error: unknown }>({ of: null, error: null });
  useEffect(() => {
    if (isNew) return;
    conversation.load().then(
      () => setState({ of: conversation, error: null }),
      (error: unknown) => setState({ of: conversation, error }),
    );
  }, [conversation, isNew]);
  const settled = isNew || state.of === conversation;
  return { conversation, error: settled && state.of === conversation ? state.error : null, loading: !settled };
}

interface ChoosingProps {
  conversation: Conversation;
  onFirst: () => void;
  onSource: (reference: Reference) => void;
  source: Reference | null;
}

/** Fetches who can answer, and remembers who does. */
function Choosing({ conversation, ...rest }: ChoosingProps) {
  const text = useText(messages);
  const agents = useQuery({ queryKey: ["agents"], queryFn: () => answer<List<Agent>>(api.GET("/v1/agents")) });
  const models = useQuery({ queryKey: ["models"], queryFn: () => answer<List<Model>>(api.GET("/v1/models")) });
  const [chosen, setChosen] = useState<Answerer | null>(null);
  const [model, setModel] = useState<string | null>(null);
  const failed = agents.error ?? models.error;
  if (failed) return <ErrorNote error={failed} />;
  if (!agents.data || !models.data) return <Loading label={text("log")} />;
  const chat = models.data.data.filter((one) => one.kind === "chat");
  const first = agents.data.data[0];
  const fallback: Answerer = first ? { kind: "agent", name: first.name } : { kind: "model", name: chat[0]?.id ?? "default" };
  return (
    <ConversationView
      {...rest}
      key={conversation.session}
      conversation={conversation}
      agents={agents.data.data ?? EMPTY}
      models={chat}
      answerer={chosen ?? fallback}
      onAnswerer={setChosen}
      model={model}
      onModel={setModel}
    />
  );
}
