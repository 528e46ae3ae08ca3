package io.thalweg.broker.peer;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.Timers;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of this broker share. Confined to the transport's context. */
final class PeerNode {

    static final Logger LOGGER = LoggerFactory.getLogger(PeerTransport.class);

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** A silent connection is asked after {@link PeerConfig#pingAfter}, and is dead after so many times that. */
    private static final int SILENT_INTERVALS_MAX = 3;

    final ContextInternal context;
    final Environment environment;
    final PeerConfig config;
    final SharedSecret secret;
    final PeerListener listener;
    final MethodTable methods = new MethodTable();
    private static final long FOREIGN_LOG_NANOS = Duration.ofMinutes(1).toNanos();

    private final LineRate refusals;
    private boolean foreignLogged;
    private long foreignLoggedNanos;
    private PeerIdentity self;

    PeerNode(
            ContextInternal context,
            Environment environment,
            PeerConfig config,
            PeerIdentity self,
            PeerListener listener) {
        this.context = context;
        this.environment = environment;
        this.config = config;
        this.secret = new SharedSecret(config.secret());
        this.listener = listener;
        this.refusals = new LineRate(environment.clock());
        this.self = self;
    }

    Clock clock() {
        return environment.clock();
    }

    PeerIdentity self() {
        return self;
    }

    void joined(String clusterId) {
        self = new PeerIdentity(clusterId, self.brokerId(), self.incarnation());
    }

    Timers.Timer later(long millis, Runnable task) {
        return environment.timers().schedule(millis, task);
    }

    /**
     * Calls {@code check} every {@link PeerConfig#pingAfter}, until it says that it is enough.
     *
     * @return cancels it
     */
    Timers.Timer watch(PeerSocket socket, Watch check) {
        return new Interval(socket, check).begin();
    }

    /** What becomes of a silent connection. */
    interface Watch {
        void onInterval();

        void onDead(String why);
    }

    /** Why a broker may not be talked to, or null. */
    @Nullable
    ThalwegException objection(PeerIdentity peer) {
        String ours = self.clusterId();
        String theirs = peer.clusterId();
        if (ours != null && theirs != null && !ours.equals(theirs)) {
            return new ThalwegException(
                    ErrorCode.INCONSISTENT_CLUSTER_ID,
                    "the brokers are of two clusters: clusterId=" + ours + " of broker " + self.brokerId()
                            + ", clusterId=" + theirs + " of broker " + peer.brokerId()
                            + "; correct the addresses, or begin one of them with an empty data directory");
        }
        if (peer.brokerId() == self.brokerId()) {
            return new ThalwegException(
                    ErrorCode.DUPLICATE_BROKER_REGISTRATION,
                    "two brokers have brokerId=" + self.brokerId() + "; give one of them another");
        }
        return null;
    }

    /** A broker of another cluster is here: nothing goes between them until an operator has put that right. */
    void foreign(int broker, String why) {
        long now = clock().monotonicNanos();
        if (!foreignLogged || now - foreignLoggedNanos > FOREIGN_LOG_NANOS) {
            foreignLogged = true;
            foreignLoggedNanos = now;
            LOGGER.atError()
                    .addKeyValue("peer", broker)
                    .addKeyValue("error", why)
                    .log("a broker of another cluster is here");
        }
        listener.onForeign(broker, why);
    }

    /** One line for what strangers and misconfigured brokers do, at most one a second. */
    void warn(String what, String address, String why) {
        if (refusals.passes()) {
            LOGGER.atWarn()
                    .addKeyValue("peer", address)
                    .addKeyValue("error", why)
                    .addKeyValue("leftOut", refusals.takeLeftOut())
                    .log(what);
        }
    }

    private final class Interval implements Timers.Timer {

        private final PeerSocket socket;
        private final Watch check;
        private final long millis = Math.max(1, config.pingAfter().toMillis());
        private Timers.@Nullable Timer timer;
        private long dueNanos;
        private boolean cancelled;

        Interval(PeerSocket socket, Watch check) {
            this.socket = socket;
            this.check = check;
        }

        Interval begin() {
            dueNanos = clock().monotonicNanos() + millis * NANOS_PER_MILLI;
            timer = later(millis, this::onTimer);
            return this;
        }

        private void onTimer() {
            if (cancelled) {
                return;
            }
            long lateNanos = clock().monotonicNanos() - dueNanos;
            if (lateNanos > millis * NANOS_PER_MILLI) {
                socket.forgiveSilence();
            }
            if (socket.silentNanos() > SILENT_INTERVALS_MAX * millis * NANOS_PER_MILLI) {
                check.onDead("silent for " + socket.silentNanos() / NANOS_PER_MILLI + " ms");
                return;
            }
            check.onInterval();
            if (!cancelled) {
                begin();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            Timers.Timer running = timer;
            if (running != null) {
                running.cancel();
            }
        }
    }
}
