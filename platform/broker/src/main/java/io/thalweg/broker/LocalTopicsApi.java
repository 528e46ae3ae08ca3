package io.thalweg.broker;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.metadata.MetadataCommands;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.topic.BrokerSettings;
import io.thalweg.broker.topic.TopicName;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;

/** Topics and settings, through the controller. */
final class LocalTopicsApi implements TopicsApi {

    private final Vertx vertx;
    private final BrokerConfig config;
    private final Topology topology;
    private final MetadataCommands commands;
    private final TopicSettings topicSettings;
    private final BrokerSettings brokerSettings;

    LocalTopicsApi(
            Vertx vertx,
            BrokerConfig config,
            Topology topology,
            MetadataCommands commands,
            TopicSettings topicSettings,
            BrokerSettings brokerSettings) {
        this.vertx = vertx;
        this.config = config;
        this.topology = topology;
        this.commands = commands;
        this.topicSettings = topicSettings;
        this.brokerSettings = brokerSettings;
    }

    @Override
    public Future<TopicView> create(NewTopic topic, boolean validateOnly) {
        if (TopicName.isInternal(topic.name())) {
            return here().failedFuture(new ThalwegException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "the platform makes this topic itself when it needs it: topic=" + topic.name()));
        }
        return commands.create(topic, validateOnly);
    }

    @Override
    public Future<TopicView> createInternal(NewTopic topic) {
        return commands.create(topic, false);
    }

    @Override
    public Future<TopicView> getOrAutoCreate(String name) {
        TopicView known = topology.view().topic(name);
        if (known != null) {
            return here().succeededFuture(known);
        }
        try {
            TopicName.validate(name);
        } catch (ThalwegException invalid) {
            return here().failedFuture(invalid);
        }
        if (!config.autoCreateTopics() || TopicName.isInternal(name)) {
            return here().failedFuture(unknown(name));
        }
        return create(NewTopic.named(name, -1), false).recover(failure -> {
            // Somebody else may have been first.
            TopicView other = topology.view().topic(name);
            return other == null ? Future.failedFuture(failure) : Future.succeededFuture(other);
        });
    }

    @Override
    public Future<Void> delete(String name) {
        return commands.delete(name);
    }

    @Override
    public Future<TopicView> createPartitions(String name, int totalCount, boolean validateOnly) {
        return commands.createPartitions(name, totalCount, validateOnly);
    }

    @Override
    public Future<List<ConfigEntry>> describeConfigs(ConfigResource resource) {
        if (resource.type() == ConfigResourceType.BROKER) {
            return isThisBroker(resource)
                    ? here().succeededFuture(brokerSettings.describe())
                    : here().failedFuture(foreign(resource));
        }
        TopicView topic = topology.view().topic(resource.name());
        return topic == null
                ? here().failedFuture(unknown(resource.name()))
                : here().succeededFuture(topicSettings.describe(topic.configs()));
    }

    @Override
    public Future<Void> alterConfigs(ConfigResource resource, List<ConfigChange> changes, boolean validateOnly) {
        if (resource.type() == ConfigResourceType.BROKER) {
            return here().failedFuture(
                            isThisBroker(resource)
                                    ? new ThalwegException(
                                            ErrorCode.INVALID_REQUEST,
                                            "Cannot update these configs dynamically: broker settings are read from the"
                                                    + " node's configuration file; change it there and restart")
                                    : foreign(resource));
        }
        return commands.alterConfigs(resource.name(), List.copyOf(changes), validateOnly);
    }

    private boolean isThisBroker(ConfigResource resource) {
        return resource.name().isEmpty() || resource.name().equals(Integer.toString(config.nodeId()));
    }

    private ThalwegException foreign(ConfigResource resource) {
        return new ThalwegException(
                ErrorCode.INVALID_REQUEST,
                "no such broker here: broker=" + resource.name() + " this=" + config.nodeId());
    }

    private static ThalwegException unknown(String name) {
        return new ThalwegException(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic: topic=" + name);
    }

    private ContextInternal here() {
        return (ContextInternal) vertx.getOrCreateContext();
    }
}
