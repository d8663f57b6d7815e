import type { ReactNode } from "react";
import { Link } from "wouter";

/** @param props - id of a run @returns the way to its page */
export function RunLink({ id }: { id: string }): ReactNode {
  return <Link href={`/instances/${encodeURIComponent(id)}`}>{id}</Link>;
}
