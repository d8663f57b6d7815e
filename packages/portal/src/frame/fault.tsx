import { Component, type ReactNode } from "react";
import { Message } from "../controls/message.js";
import type { Words } from "../words/words.js";

/** Shows what went wrong where a page could not be drawn, instead of nothing; React asks for a class here. */
export class Fault extends Component<{ words: Words; children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const { common } = this.props.words;
    return (
      <Message isPage isAlarm title={common.broken(error.message)}>
        <button type="button" className="button" onClick={() => location.reload()}>
          {common.reload}
        </button>
      </Message>
    );
  }
}
