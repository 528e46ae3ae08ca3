package io.thalweg.gateway.kafka.handler;

/**
 * Who asks, and in which version.
 *
 * @param clientId empty if the client gave none
 * @param clientHost its address, written as Kafka does: /127.0.0.1
 */
public record RequestContext(short version, String clientId, String clientHost) {}
