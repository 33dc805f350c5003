import type { Codec } from '@switchboard/contracts';
import { type EventLog, isLogAway } from '@switchboard/event-log';
import type { Connecting, ServiceContext } from '@switchboard/runtime';
import { type InstallView, startInstallView } from './install-view.ts';

/** The view of the app installs as a dependency of a service, which is not ready before it has read all of them. */
export function connectInstallView(
  { connect, log, logger }: Pick<ServiceContext<unknown, Pick<EventLog, 'reader'>, unknown>, 'connect' | 'log' | 'logger'>,
  codec: Codec,
): Connecting<InstallView> {
  return connect({
    name: 'app installs',
    connect: () =>
      startInstallView({
        log,
        codec,
        onUnreadable: ({ partition, offset }, error) =>
          logger.error({ err: error, partition, offset: String(offset) }, 'App install cannot be read, its last state stays in force'),
      }),
    close: (view) => view.stop(),
    mayPass: isLogAway,
  });
}
