package io.thalweg.client;

import io.thalweg.broker.api.BrokerApi.Acks;

/**
 * @param batchBytesMax records of one partition that share a batch, default 256 KiB
 * @param bufferBytesMax bytes accepted and not yet acknowledged, default 32 MiB
 * @param idempotent retries leave no duplicate, default true
 * @param deliveryTimeoutMillis after which a send fails, default 30 s
 */
public record ProducerConfig(
        Acks acks, int batchBytesMax, long bufferBytesMax, boolean idempotent, int deliveryTimeoutMillis) {
    public static ProducerConfig defaults() {
        return new ProducerConfig(Acks.ALL, 256 << 10, 32L << 20, true, 30_000);
    }
}
