import type { InstanceDetail } from "ava-protocol";
import { type ReactNode, useRef, useState } from "react";
import { stopInstance } from "../../api/instances.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { Icon } from "../../controls/icon.js";
import { useWords } from "../../words/use-words.js";

/**
 * Asks a run to stop, after asking the reader.
 *
 * @param props - the instance, what to do once the request is made
 * @returns the button, or the request that is under way
 */
export function StopButton(props: { instance: InstanceDetail; onChanged: () => void }): ReactNode {
  const { instance, onChanged } = props;
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<ReactNode>();
  if (instance.stopRequested !== undefined) {
    return (
      <span className="stop-note" role="status">
        {words.instance.stopRequested(instance.stopRequested.reason)}
      </span>
    );
  }
  const stop = async (): Promise<void> => {
    try {
      await stopInstance(instance.id);
      setError(undefined);
      dialog.current?.close();
      onChanged();
    } catch (failure) {
      setError(actionFailureText(failure, words.common, words.instance.stopFailed));
    }
  };
  return (
    <>
      <button type="button" className="button button-danger" onClick={() => dialog.current?.showModal()}>
        <Icon name="stop" />
        {words.instance.stop}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="stop-title">
        <h2 id="stop-title">{words.instance.stopTitle}</h2>
        <p>
          <strong>{instance.id}</strong>
        </p>
        <p>{words.instance.stopText}</p>
        {error !== undefined && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {words.common.cancel}
          </button>
          <button type="button" className="button button-danger-main" onClick={() => void stop()}>
            {words.instance.stopConfirm}
          </button>
        </div>
      </dialog>
    </>
  );
}
