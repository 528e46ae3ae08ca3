package io.thalweg.cluster.hazelcast;

import io.thalweg.environment.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Who begins when nodes start at the same time. Hazelcast members that find each other, and no first one among them, look about
 * for a second before one claims to be it. Where the list of members says who comes first nobody need wait for that: the first
 * begins if none of the others is there, and the others start a moment after it.
 *
 * <p>This saves time and decides nothing else. Whoever is not found here is found as ever, by those that look for the one that
 * began, or when two that began are merged as the sides of a split are.
 */
final class StartOrder {

    private static final int CONNECT_MILLIS = 200;
    private static final int LOOK_AGAIN_MILLIS = 10;

    private final String own;
    private final List<String> members;
    private final Clock clock;
    private final Probe probe;
    private final long lookNanos;
    private final CountDownLatch stopped;

    /** Whether somebody listens at {@code host:port}. Blocks, for a moment. */
    interface Probe {
        boolean listens(String address);
    }

    /**
     * @param look how long it may take to find out who is there
     * @param stopped counted down when this node need not start any more
     */
    StartOrder(String own, List<String> members, Duration look, Clock clock, Probe probe, CountDownLatch stopped) {
        this.own = own;
        this.members = members;
        this.lookNanos = look.toNanos();
        this.clock = clock;
        this.probe = probe;
        this.stopped = stopped;
    }

    static StartOrder of(HazelcastClusterConfig config, Clock clock, CountDownLatch stopped) {
        return new StartOrder(
                config.host() + ":" + config.port(),
                config.members(),
                Duration.ofSeconds(MemberConfig.LOOK_SECONDS),
                clock,
                StartOrder::connects,
                stopped);
    }

    /**
     * Whether this node is the first of several and none of the others is there: it need not look for them. If it is another's
     * turn, returns as soon as somebody is there, when it has taken too long, or when this node is stopped. Blocks.
     */
    boolean begins() {
        if (members.stream().allMatch(own::equals)) {
            return false; // there is nobody to wait for
        }
        long end = clock.monotonicNanos() + lookNanos;
        if (own.equals(members.get(0))) {
            return nobodyIsThere(end);
        }
        while (!somebodyIsThere(end) && pause(end)) {
            // The first of the list is as far as this node, or a little behind.
        }
        return false;
    }

    /** False, too, if there was no time to ask all. */
    private boolean nobodyIsThere(long end) {
        for (String member : members) {
            if (clock.monotonicNanos() - end >= 0 || isThere(member)) {
                return false;
            }
        }
        return true;
    }

    private boolean somebodyIsThere(long end) {
        for (String member : members) {
            if (clock.monotonicNanos() - end >= 0 || isThere(member)) {
                return true;
            }
        }
        return false;
    }

    private boolean isThere(String member) {
        return !member.equals(own) && probe.listens(member);
    }

    private boolean pause(long end) {
        try {
            // Nothing tells when another process begins to listen.
            return !stopped.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS) && clock.monotonicNanos() - end < 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean connects(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), CONNECT_MILLIS);
            return true;
        } catch (IOException | IllegalArgumentException nobody) {
            return false;
        }
    }
}
