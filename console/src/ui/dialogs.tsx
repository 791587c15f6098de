// Dialogs: something to fill in or to read, and a question before what cannot be undone.
import type { ReactNode } from "react";
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components";

import { useText } from "../i18n/text";
import { messages } from "./messages";
import { Button } from "./ui";

interface ModalProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A dialog above the page; Escape and a press outside close it. */
export function ModalDialog({ title, isOpen, onClose, children, wide = false }: ModalProps) {
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable className="overlay">
      <Modal className={wide ? "modal wide" : "modal"}>
        <Dialog>
          <Heading slot="title">{title}</Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  /** The button that asks. */
  trigger: ReactNode;
  title: string;
  body: string;
  action: string;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({ trigger, title, body, action, onConfirm }: ConfirmProps) {
  const text = useText(messages);
  return (
    <DialogTrigger>
      {trigger}
      <ModalOverlay isDismissable className="overlay">
        <Modal className="modal">
          <Dialog role="alertdialog">
            {({ close }) => (
              <>
                <Heading slot="title">{title}</Heading>
                <p>{body}</p>
                <div className="actions">
                  <Button onPress={close}>{text("cancel")}</Button>
                  <Button
                    tone="danger"
                    onPress={() => {
                      close();
                      onConfirm();
                    }}
                  >
                    {action}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
