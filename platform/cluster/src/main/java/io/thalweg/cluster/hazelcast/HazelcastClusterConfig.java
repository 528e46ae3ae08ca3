package io.thalweg.cluster.hazelcast;

import java.time.Duration;
import java.util.List;

/**
 * How a node finds the others.
 *
 * @param host the address to listen on and to be known by: one of this machine's, no name and no wildcard
 * @param port 0 for any that is free
 * @param members {@code host:port} of members that may be there already; may contain this node, may be empty
 * @param name nodes of different names refuse each other; no secret
 * @param silenceMax how long a member may say nothing before it is taken for gone; a broken connection is noticed at once
 * @param duplicateWait how long a member with this node's broker id may take to go, such as this node's earlier process
 * @param stuckAfter how long a merge may take, and a split may last whose sides reach each other, before this node makes
 *     its membership anew
 */
public record HazelcastClusterConfig(
        String host,
        int port,
        List<String> members,
        String name,
        Duration silenceMax,
        Duration duplicateWait,
        Duration stuckAfter) {

    public static final String DEFAULT_NAME = "thalweg";
    public static final Duration DEFAULT_SILENCE_MAX = Duration.ofSeconds(10);
    public static final Duration DEFAULT_DUPLICATE_WAIT = Duration.ofSeconds(12);
    public static final Duration DEFAULT_STUCK_AFTER = Duration.ofSeconds(30);

    /** More addresses than any list needs. */
    public static final int MEMBERS_MAX = 1_000;

    private static final String MEMBER = "([^\\s:,\\[\\]]+|\\[[0-9a-fA-F:.%]+]):[0-9]{1,5}";

    public HazelcastClusterConfig {
        members = List.copyOf(members);
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host is empty");
        }
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port=" + port + "; expected 0 to 65535");
        }
        if (members.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException("members=" + members.size() + "; at most " + MEMBERS_MAX);
        }
        for (String member : members) {
            if (!member.matches(MEMBER)) {
                throw new IllegalArgumentException(
                        "not a member's address: " + member + "; expected host:port, or [IPv6 address]:port");
            }
        }
        if (silenceMax.toSeconds() < 10) {
            throw new IllegalArgumentException("silenceMax=" + silenceMax
                    + "; at least 10 s: a pause is no death, and one that is takes its connections with it");
        }
        if (duplicateWait.isNegative() || stuckAfter.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "duplicateWait=" + duplicateWait + " stuckAfter=" + stuckAfter + "; at least 0, and 1 ms");
        }
    }

    /** With the defaults for everything but where to listen and whom to look for. */
    public static HazelcastClusterConfig of(String host, int port, List<String> members) {
        return new HazelcastClusterConfig(
                host, port, members, DEFAULT_NAME, DEFAULT_SILENCE_MAX, DEFAULT_DUPLICATE_WAIT, DEFAULT_STUCK_AFTER);
    }
}
