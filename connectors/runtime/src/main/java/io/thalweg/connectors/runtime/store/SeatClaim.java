package io.thalweg.connectors.runtime.store;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A node's claim to write the internal topics alone. It appends a record under the cluster's producer id in a new epoch; the
 * log refuses earlier epochs from there on, those of a node that does not know yet that it lost its seat included.
 *
 * @param producerId the same for whoever claims; known to the group's coordinator
 * @param token this claim's own: two nodes that claim the same epoch at once are both told that they did, and the log shows whose it is
 * @param fenced told, possibly more than once, when somebody else has claimed
 */
public record SeatClaim(long producerId, String token, Runnable fenced) {

    public static SeatClaim by(long producerId, Runnable fenced) {
        return new SeatClaim(producerId, UUID.randomUUID().toString(), fenced);
    }

    byte[] tokenBytes() {
        return token.getBytes(StandardCharsets.UTF_8);
    }
}
