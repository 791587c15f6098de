// The console's few building blocks: React Aria's behaviour (keyboard, focus, screen readers, IME) in Maru's clothes.
import { ArrowLeft, Check, ChevronDown, Copy, LoaderCircle } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  Text,
  TextArea,
  TextField,
  type TextFieldProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { Link } from "wouter";

import { useText } from "../i18n/text";
import { messages } from "./messages";

export interface ButtonProps extends AriaButtonProps {
  tone?: "primary" | "plain" | "quiet" | "danger";
}

export function Button({ tone = "plain", className, ...props }: ButtonProps) {
  return <AriaButton {...props} className={`button ${tone} ${typeof className === "string" ? className : ""}`} />;
}

/** A button that is an icon: its label is read to screen readers and shown to everybody else on hover or focus. */
export function IconButton({ label, className, ...props }: Omit<ButtonProps, "aria-label"> & { label: string }) {
  return (
    <TooltipTrigger delay={500}>
      <Button tone="quiet" {...props} aria-label={label} className={`icon ${typeof className === "string" ? className : ""}`} />
      <Tooltip className="tooltip" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

export type FieldProps = Omit<TextFieldProps, "children"> & {
  label: string;
  help?: string;
  error?: string | undefined;
  rows?: number;
  placeholder?: string;
};

export function Field({ label, help, error, rows, placeholder, className, ...props }: FieldProps) {
  return (
    // Natively, a field that was refused once would keep its form from being sent again.
    <TextField validationBehavior="aria" {...props} isInvalid={error !== undefined} className={className ?? "field"}>
      <Label>{label}</Label>
      {rows ? <TextArea rows={rows} placeholder={placeholder ?? ""} /> : <Input placeholder={placeholder ?? ""} />}
      {help && (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      <FieldError className="error">{error}</FieldError>
    </TextField>
  );
}

export interface Option {
  id: string;
  name: string;
  note?: string | undefined;
}

interface SelectProps {
  label: string;
  options: readonly Option[];
  value: string | null;
  onChange: (id: string) => void;
  hideLabel?: boolean;
  isDisabled?: boolean;
}

export function Select({ label, options, value, onChange, hideLabel = false, isDisabled = false }: SelectProps) {
  return (
    <AriaSelect
      className="field select"
      {...(hideLabel ? { "aria-label": label } : {})}
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      isDisabled={isDisabled}
      placeholder={label}
    >
      {!hideLabel && <Label>{label}</Label>}
      <AriaButton className="button plain">
        <SelectValue className="select-value">{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
        <ChevronDown aria-hidden size={16} />
      </AriaButton>
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.name}>
              <Check aria-hidden size={16} className="tick" />
              <span>
                <Text slot="label">{option.name}</Text>
                {option.note && (
                  <Text slot="description" className="help">
                    {option.note}
                  </Text>
                )}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Toggle({ label, value, onChange }: { label: string; value: boolean; onChange: (on: boolean) => void }) {
  return (
    <AriaSwitch className="toggle" isSelected={value} onChange={onChange}>
      <span className="toggle-track" aria-hidden />
      {label}
    </AriaSwitch>
  );
}

export function Page({ title, lead, actions, children }: { title: string; lead?: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Loading({ label }: { label: string }) {
  return (
    <div className="loading" role="status">
      <LoaderCircle aria-hidden className="spin" size={22} /> {label}
    </div>
  );
}

/** The way to what a page is a part of. */
export function Back({ href, label }: { href: string; label: string }) {
  return (
    <Link href={href} className="back">
      <ArrowLeft aria-hidden size={15} /> {label}
    </Link>
  );
}

export function Empty({ title, body, children }: { title: string; body?: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {body && <p>{body}</p>}
      {children}
    </div>
  );
}

type Tone = "good" | "bad" | "warn" | "info" | "plain";

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** Something to be told; what is bad is told at once. */
export function Note({ tone = "info", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <div className={`note ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** What an error says, in the person's words where we have them, with the request's id for whoever is asked for help. */
export function ErrorNote({ error }: { error: unknown }) {
  const explain = useExplain();
  return <Note tone="bad">{explain(error)}</Note>;
}

export function useExplain(): (error: unknown) => string {
  const text = useText(messages);
  return (error) => {
    const told = error as { status?: number; message?: string; requestId?: string | null };
    if (typeof told.status !== "number") return text("error.unreachable");
    const id = told.requestId ? ` (${told.requestId})` : "";
    if (told.status === 403) return text("error.forbidden") + id;
    if (told.status === 429) return `${text("error.busy")} ${told.message ?? ""}${id}`;
    return `${told.message ?? text("error.unknown")}${id}`;
  };
}

/** Copies a text and says that it did. */
export function CopyButton({ value, label, size = 16 }: { value: string | (() => string); label: string; size?: number }) {
  const text = useText(messages);
  const [done, setDone] = useState(false);
  return (
    <IconButton
      label={done ? text("copied") : label}
      onPress={() => {
        void navigator.clipboard.writeText(typeof value === "string" ? value : value()).then(() => setDone(true));
        setTimeout(() => setDone(false), 2000);
      }}
    >
      {done ? <Check aria-hidden size={size} /> : <Copy aria-hidden size={size} />}
    </IconButton>
  );
}

/** A share of something, with its words for who does not see it. */
export function Bar({ label, share, tone = "plain" }: { label: string; share: number; tone?: Tone }) {
  const id = useId();
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span className="bar">
      <span id={id} className="bar-label">
        {label}
      </span>
      <progress className={`meter ${tone}`} aria-labelledby={id} max={100} value={percent} />
    </span>
  );
}
