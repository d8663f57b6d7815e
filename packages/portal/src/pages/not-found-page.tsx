import type { ReactNode } from "react";
import { Link } from "wouter";
import { Message } from "../controls/message.js";
import { useWords } from "../words/use-words.js";

/** @returns what stands at an address without a page */
export function NotFoundPage(): ReactNode {
  const { common } = useWords();
  return (
    <Message isPage title={common.notFound} text={common.notFoundText}>
      <Link href="/" className="button">
        {common.backToOverview}
      </Link>
    </Message>
  );
}
