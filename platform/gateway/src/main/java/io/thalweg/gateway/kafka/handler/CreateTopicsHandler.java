package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** Creates topics. */
final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequestData> {

    /** The response describes the topic from here on (KIP-525). */
    private static final short DESCRIBES = 5;

    private final TopicsApi topics;

    CreateTopicsHandler(TopicsApi topics) {
        this.topics = topics;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_TOPICS;
    }

    @Override
    public Future<Reply> handle(CreateTopicsRequestData request, RequestContext context) {
        Set<String> seen = new HashSet<>();
        Set<String> twice = new HashSet<>();
        request.topics().forEach(topic -> {
            if (!seen.add(topic.name())) {
                twice.add(topic.name());
            }
        });
        List<Future<CreatableTopicResult>> pending = new ArrayList<>();
        twice.forEach(name -> pending.add(Future.succeededFuture(failed(
                name,
                new ThalwegException(ErrorCode.INVALID_REQUEST, "topic is named twice in one request: " + name)))));
        for (CreatableTopic topic : request.topics()) {
            if (!twice.contains(topic.name())) {
                pending.add(create(topic, request.validateOnly(), context));
            }
        }
        return Future.join(pending).map(all -> {
            CreateTopicsResponseData response = new CreateTopicsResponseData();
            all.<CreatableTopicResult>list().forEach(response.topics()::mustAdd);
            return Reply.of(response);
        });
    }

    private Future<CreatableTopicResult> create(CreatableTopic topic, boolean validateOnly, RequestContext context) {
        return Future.succeededFuture(topic)
                .map(CreateTopicsHandler::newTopic)
                .compose(wanted -> topics.create(wanted, validateOnly))
                .compose(created -> describe(created, validateOnly, context))
                .otherwise(failure -> failed(topic.name(), failure));
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        Map<Integer, List<Integer>> assignments = new HashMap<>();
        topic.assignments().forEach(each -> assignments.put(each.partitionIndex(), each.brokerIds()));
        Map<String, String> configs = new HashMap<>();
        topic.configs().forEach(config -> {
            String value = config.value();
            if (value == null) {
                throw new ThalwegException(
                        ErrorCode.INVALID_CONFIG, "setting has no value: topic=" + topic.name() + " " + config.name());
            }
            configs.put(config.name(), value);
        });
        return new NewTopic(topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments, configs);
    }

    private Future<CreatableTopicResult> describe(TopicView created, boolean validateOnly, RequestContext context) {
        int partitions = created.partitions().size();
        int replicas =
                partitions == 0 ? 0 : created.partitions().get(0).replicas().size();
        CreatableTopicResult result = new CreatableTopicResult()
                .setName(created.name())
                .setTopicId(created.id())
                .setNumPartitions(partitions)
                .setReplicationFactor((short) replicas);
        if (validateOnly || context.version() < DESCRIBES) {
            return Future.succeededFuture(result);
        }
        return topics.describeConfigs(new ConfigResource(ConfigResourceType.TOPIC, created.name()))
                .map(entries -> result.setConfigs(configs(entries)))
                .otherwise(failure -> result.setConfigs(null).setTopicConfigErrorCode(Failures.code(failure)));
    }

    private static List<CreatableTopicConfigs> configs(List<ConfigEntry> entries) {
        List<CreatableTopicConfigs> configs = new ArrayList<>(entries.size());
        entries.forEach(entry -> configs.add(new CreatableTopicConfigs()
                .setName(entry.name())
                .setValue(entry.sensitive() ? null : entry.value())
                .setReadOnly(entry.readOnly())
                .setConfigSource(ConfigCodes.source(entry.source()))
                .setIsSensitive(entry.sensitive())));
        return configs;
    }

    private static CreatableTopicResult failed(String name, Throwable failure) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(Failures.code(failure))
                .setErrorMessage(Failures.message(failure));
    }
}
