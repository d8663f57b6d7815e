// The part of undici that the SDK uses (docs/decisions/0076-undici.md), for scripts/bundle-sdk.mjs: the whole has fetch, WebSocket and caches besides.
import connect from "undici/lib/api/api-connect.js";
import request from "undici/lib/api/api-request.js";
import buildConnector from "undici/lib/core/connect.js";
import Agent from "undici/lib/dispatcher/agent.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import Pool from "undici/lib/dispatcher/pool.js";
import ProxyAgent from "undici/lib/dispatcher/proxy-agent.js";

Object.assign(Dispatcher.prototype, { connect, request });

export { Agent, buildConnector, Pool, ProxyAgent };
