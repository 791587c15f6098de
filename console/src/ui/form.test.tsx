import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { show } from "../testing/render";
import { Form, Submit, useSending } from "./form";

function Ordering({ work }: { work: () => Promise<unknown> }) {
  return (
    <Form sending={useSending(work)} buttons={<Submit>Order</Submit>}>
      {null}
    </Form>
  );
}

const order = () => fireEvent.submit(screen.getByRole("button", { name: "Order" }).closest("form") as HTMLFormElement);

test("asks once at a time, however often it is sent", async () => {
  const asked: (() => void)[] = [];
  show(<Ordering work={() => new Promise<void>((done) => asked.push(done))} />);
  order();
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Order" }).disabled).toBe(true));
  order();
  asked[0]?.();
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Order" }).disabled).toBe(false));
  expect(asked).toHaveLength(1);
  order();
  await waitFor(() => expect(asked).toHaveLength(2));
});

test("says what was refused until it is sent again", async () => {
  let refuse = true;
  const work = () => (refuse ? Promise.reject({ status: 400, message: "No such dish." }) : Promise.resolve());
  show(<Ordering work={work} />);
  order();
  expect((await screen.findByRole("alert")).textContent).toContain("No such dish.");
  refuse = false;
  order();
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});
