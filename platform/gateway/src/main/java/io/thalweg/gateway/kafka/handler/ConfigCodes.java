package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.broker.api.TopicsApi.ConfigSource;
import io.thalweg.broker.api.TopicsApi.ConfigType;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;

/** Kafka's numbers for resources, sources, types and operations of settings. */
final class ConfigCodes {

    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;

    private ConfigCodes() {}

    /** @throws ThalwegException INVALID_REQUEST for a kind of resource that has no settings here */
    static ConfigResource resource(byte type, String name) {
        return switch (type) {
            case TOPIC -> new ConfigResource(ConfigResourceType.TOPIC, name);
            case BROKER -> new ConfigResource(ConfigResourceType.BROKER, name);
            default ->
                throw new ThalwegException(
                        ErrorCode.INVALID_REQUEST,
                        "only topics and brokers have settings: resourceType=" + type + " expected 2 or 4");
        };
    }

    static byte source(ConfigSource source) {
        return (byte)
                switch (source) {
                    case TOPIC -> 1;
                    case BROKER_STATIC -> 4;
                    case DEFAULT -> 5;
                };
    }

    static byte type(ConfigType type) {
        return (byte)
                switch (type) {
                    case BOOLEAN -> 1;
                    case STRING -> 2;
                    case INT -> 3;
                    case LONG -> 5;
                    case DOUBLE -> 6;
                    case LIST -> 7;
                };
    }

    /** @throws ThalwegException INVALID_REQUEST for an unknown number */
    static ConfigOperation operation(byte code) {
        ConfigOperation[] operations = ConfigOperation.values();
        if (code < 0 || code >= operations.length) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "operation is not known: configOperation=" + code + " expected 0 to 3");
        }
        // SET, DELETE, APPEND, SUBTRACT: in the order of Kafka's numbers (KIP-339).
        return operations[code];
    }
}
