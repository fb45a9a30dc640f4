import { type IncomingMessage, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { ApiException, type KubeConfig } from "@kubernetes/client-node";

/** A pod, and the API's query parameters of its log: `container`, `timestamps`, `sinceTime`, `follow`, … */
export interface PodLog {
  namespace: string;
  pod: string;
  query: Readonly<Record<string, string>>;
}

/**
 * The log of a pod's container as a stream. The library's own Log class handles no error of the stream: a connection that
 * breaks would end the process.
 *
 * @throws {ApiException} when the API server refuses; it throws the errors of node:http when the server does not answer
 */
export async function podLog(access: KubeConfig, { namespace, pod, query }: PodLog, signal: AbortSignal) {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${new URLSearchParams(query)}`;
  const url = new URL(path, access.getCurrentCluster()?.server);
  const options: RequestOptions = { signal };
  await access.applyToHTTPSOptions(options);
  const request = url.protocol === "http:" ? requestHttp : requestHttps;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, options, resolve).on("error", reject).end();
  });
  const { statusCode = 0, headers } = answer;
  if (statusCode === 200) {
    return answer;
  }
  throw new ApiException(statusCode, `the log of the pod ${pod} is refused`, await text(answer), Object(headers));
}
