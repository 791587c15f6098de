// A policy as a person edits it.
import type { GuardPolicy } from "../../api/operator_shapes";

/** What the API adds to a policy's document. */
const ADDED = new Set(["object", "version", "versions", "created_at", "created_by", "checksum"]);

export function documentOf(policy: GuardPolicy): string {
  return JSON.stringify(Object.fromEntries(Object.entries(policy).filter(([name]) => !ADDED.has(name))), null, 2);
}
