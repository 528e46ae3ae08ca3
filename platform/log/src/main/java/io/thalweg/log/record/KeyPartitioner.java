package io.thalweg.log.record;

import org.apache.kafka.common.utils.Utils;

/** Kafka's choice of a partition for a key, so that every client and every door puts a key in the same place. */
public final class KeyPartitioner {

    private KeyPartitioner() {}

    /** @return in [0, count) */
    public static int partition(byte[] key, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("no partition to choose from: count=" + count);
        }
        return Utils.toPositive(Utils.murmur2(key)) % count;
    }
}
