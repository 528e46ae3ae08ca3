package io.thalweg.broker.api;

import io.thalweg.broker.api.BrokerApi.Acks;
import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;

/**
 * Batches for one partition.
 *
 * @param records one or more whole record batches of magic 2; what is read is [position, limit). The broker copies them
 *     out before the future completes and never writes into this buffer
 * @param timeoutMillis how long {@link Acks#ALL} waits for replicas
 */
public record AppendRequest(TopicPartition partition, ByteBuffer records, Acks acks, int timeoutMillis) {}
