import type { ReactNode } from "react";

/**
 * What stands where there is nothing to show: loading, empty, failed.
 *
 * @param props - title, an explanation, whether it is all of the page, what can be done
 * @returns the element
 */
export function Message(props: {
  title: ReactNode;
  text?: ReactNode;
  isAlarm?: boolean;
  isPage?: boolean;
  children?: ReactNode;
}): ReactNode {
  return (
    <div className={props.isAlarm === true ? "message message-alarm" : "message"} role={props.isAlarm === true ? "alert" : "status"}>
      {props.isPage === true ? <h1 className="message-title">{props.title}</h1> : <p className="message-title">{props.title}</p>}
      {props.text !== undefined && <p className="message-text">{props.text}</p>}
      {props.children}
    </div>
  );
}
