package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * Changes of the metadata, decided by the controller wherever it is. From any thread; completes on the caller's context when
 * the change is committed and visible on this node. Fails with NOT_CONTROLLER while there is no controller: ask again.
 */
public interface MetadataCommands {

    Future<TopicView> create(NewTopic topic, boolean validateOnly);

    Future<Void> delete(String name);

    Future<TopicView> createPartitions(String name, int totalCount, boolean validateOnly);

    Future<Void> alterConfigs(String name, List<ConfigChange> changes, boolean validateOnly);

    /** Nothing of a deleted topic is left on this node. */
    Future<Void> dataGone(Uuid topicId);

    /** Takes {@code count} producer ids that nobody had; completes with the first. */
    Future<Long> takeProducerIds(int count);
}
