import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { ApiError } from "../api/request.js";
import type { Resource } from "../api/use-resource.js";
import { useUntold } from "../controls/away.js";
import { failureText } from "../controls/failure-text.js";
import { Loading } from "../controls/loading.js";
import { Message } from "../controls/message.js";
import { useWords } from "../words/use-words.js";
import { NotFoundPage } from "./not-found-page.js";

/**
 * A page of something that is read once: while it is on its way, where it is not there, where it cannot be read, and what it is.
 *
 * @param props - title, a list above it with its address, what is read, the page of it
 * @returns the element
 */
export function ReadPage<Value>(props: {
  title: string;
  above?: { title: string; href: string };
  read: Resource<Value>;
  children: (value: Value) => ReactNode;
}): ReactNode {
  const { title, above, read, children } = props;
  const { common, overview } = useWords();
  const error = useUntold(read.error);
  useEffect(() => {
    document.title = `${title} · AVA`;
  }, [title]);
  if (error instanceof ApiError && error.code === "not_found") return <NotFoundPage />;
  if (read.value === undefined && error === undefined) return <Loading title={title} />;
  return (
    <div className="read-page">
      <nav className="crumbs" aria-label={common.crumbs}>
        <Link href="/">{overview.title}</Link>
        {above !== undefined && (
          <>
            <span aria-hidden="true">/</span>
            <Link href={above.href}>{above.title}</Link>
          </>
        )}
      </nav>
      <div className="page-head">
        <h1>{title}</h1>
      </div>
      {error !== undefined && (
        <Message isAlarm title={failureText(error, common)}>
          <button type="button" className="button" onClick={read.reload}>
            {common.retry}
          </button>
        </Message>
      )}
      {read.value !== undefined && children(read.value)}
    </div>
  );
}
