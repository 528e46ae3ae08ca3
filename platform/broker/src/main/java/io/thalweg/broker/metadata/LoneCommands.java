package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** The controller is on this node, always. */
public final class LoneCommands implements MetadataCommands {

    private final Controller controller;
    private final TopicCommands commands;

    public LoneCommands(Controller controller, TopicCommands commands) {
        this.controller = controller;
        this.commands = commands;
    }

    @Override
    public Future<TopicView> create(NewTopic topic, boolean validateOnly) {
        return controller.submit(commands.create(topic, validateOnly));
    }

    @Override
    public Future<Void> delete(String name) {
        return controller.submit(commands.delete(name));
    }

    @Override
    public Future<TopicView> createPartitions(String name, int totalCount, boolean validateOnly) {
        return controller.submit(commands.createPartitions(name, totalCount, validateOnly));
    }

    @Override
    public Future<Void> alterConfigs(String name, List<ConfigChange> changes, boolean validateOnly) {
        return controller.submit(commands.alterConfigs(name, changes, validateOnly));
    }

    @Override
    public Future<Void> dataGone(Uuid topicId) {
        return controller.submit(commands.forget(topicId));
    }

    @Override
    public Future<Long> takeProducerIds(int count) {
        return controller.submit(commands.takeProducerIds(count));
    }
}
