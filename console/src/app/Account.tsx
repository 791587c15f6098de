import { Check, CircleUserRound, LogOut } from "lucide-react";
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from "react-aria-components";

import { useText } from "../i18n/text";
import { Button } from "../ui/ui";
import { useMe } from "./me";
import { messages } from "./messages";
import { type Language, setLanguage, setTheme, type Theme, useLanguage, useTheme } from "./preferences";
import { signOut } from "./session";

const LANGUAGES: readonly { id: Language; name: string }[] = [
  { id: "ko", name: "한국어" },
  { id: "en", name: "English" },
];
const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** Who is signed in, and what they may set. */
export function Account() {
  const text = useText(messages);
  const me = useMe();
  const language = useLanguage();
  const theme = useTheme();
  return (
    <MenuTrigger>
      <Button tone="quiet" className="account">
        <CircleUserRound aria-hidden size={20} />
        <span className="account-name">
          {me.user}
          <small>{text("account.tenant", { tenant: me.tenant })}</small>
          <span className="sr-only">{text("account.menu")}</span>
        </span>
      </Button>
      <Popover placement="top start" className="popover">
        <Menu className="menu">
          <MenuSection selectionMode="single" selectedKeys={[language]} onSelectionChange={(keys) => pick(keys, setLanguage)}>
            <Header>{text("language.title")}</Header>
            {LANGUAGES.map(({ id, name }) => (
              <MenuItem key={id} id={id} lang={id} textValue={name}>
                <Check aria-hidden size={16} className="tick" /> {name}
              </MenuItem>
            ))}
          </MenuSection>
          <Separator />
          <MenuSection selectionMode="single" selectedKeys={[theme]} onSelectionChange={(keys) => pick(keys, setTheme)}>
            <Header>{text("theme.title")}</Header>
            {THEMES.map((id) => (
              <MenuItem key={id} id={id} textValue={text(`theme.${id}`)}>
                <Check aria-hidden size={16} className="tick" /> {text(`theme.${id}`)}
              </MenuItem>
            ))}
          </MenuSection>
          <Separator />
          <MenuItem onAction={signOut} textValue={text("account.signOut")}>
            <LogOut aria-hidden size={16} /> {text("account.signOut")}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function pick<Choice extends string>(keys: "all" | Iterable<unknown>, set: (choice: Choice) => void): void {
  for (const key of keys === "all" ? [] : keys) set(key as Choice);
}

/** Both languages in their own words, for who is not signed in yet. */
export function LanguageSwitch() {
  const language = useLanguage();
  return (
    <div className="languages">
      {LANGUAGES.map(({ id, name }) => (
        <Button key={id} tone="quiet" lang={id} aria-pressed={id === language} onPress={() => setLanguage(id)}>
          {name}
        </Button>
      ))}
    </div>
  );
}
