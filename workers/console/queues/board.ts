import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from "@bull-board/api/typings/app";
import type { Queue } from "bullmq";
import { BOARD_FOLDER } from "./board-files.ts";

/** What bull-board hands to a server, taken as it comes. */
export interface Board {
  readonly routes: readonly AppControllerRoute[];
  readonly pages: AppViewRoute;
  readonly queues: BullBoardQueues;
  readonly uiConfig: UIConfig;
}

/**
 * bull-board over these queues, to look at only: BullMQ merely schedules, the truth is in Kafka, and a deed here would
 * have neither a reason nor a line in the audit trail.
 */
export function createBoard(queues: readonly Queue[]): Board {
  const got: { -readonly [K in keyof Board]?: Board[K] } = {};
  const adapter: IServerAdapter = {
    setQueues: (value) => keep("queues", value),
    setApiRoutes: (value) => keep("routes", value),
    setEntryRoute: (value) => keep("pages", value),
    setUIConfig: (value) => keep("uiConfig", value),
    setViewsPath: () => adapter,
    setStaticPath: () => adapter,
    setErrorHandler: () => adapter,
  };
  function keep<K extends keyof Board>(part: K, value: Board[K]): IServerAdapter {
    got[part] = value;
    return adapter;
  }
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: adapter,
    options: {
      // Else it looks for its package on the disk; files are served by ours (`board-files.ts`).
      uiBasePath: BOARD_FOLDER,
      uiConfig: {
        boardTitle: "Boxoffice queues",
        boardLogo: { path: "static/images/logo.svg" },
        miscLinks: [{ text: "To the console", url: "/" }],
        hideRedisDetails: true,
      },
    },
  });
  const { routes, pages, queues: known, uiConfig } = got;
  if (!routes || !pages || !known || !uiConfig)
    throw new TypeError("Cannot show queues as bull-board gave its server adapter no routes");
  return { routes, pages, queues: known, uiConfig };
}
