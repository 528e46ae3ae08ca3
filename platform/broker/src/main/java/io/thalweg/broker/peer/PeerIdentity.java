package io.thalweg.broker.peer;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Who a broker is to its peers.
 *
 * @param clusterId null while it belongs to none; brokers of two clusters refuse each other
 * @param incarnation of this start of the broker
 */
public record PeerIdentity(@Nullable String clusterId, int brokerId, int incarnation) {

    static final int CLUSTER_ID_BYTES_MAX = 255;

    public PeerIdentity {
        if (brokerId < 0 || incarnation < 0) {
            throw new IllegalArgumentException(
                    "brokerId=" + brokerId + " incarnation=" + incarnation + "; each at least 0");
        }
        if (clusterId != null) {
            int bytes = clusterId.getBytes(StandardCharsets.UTF_8).length;
            if (bytes < 1 || bytes > CLUSTER_ID_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "clusterId has " + bytes + " bytes; expected 1 to " + CLUSTER_ID_BYTES_MAX);
            }
        }
    }
}
