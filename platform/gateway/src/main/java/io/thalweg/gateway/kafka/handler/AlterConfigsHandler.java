package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigSource;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** Replaces a resource's settings: what is not named goes back to its default. Older clients have nothing else. */
final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequestData> {

    private final TopicsApi topics;

    AlterConfigsHandler(TopicsApi topics) {
        this.topics = topics;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_CONFIGS;
    }

    @Override
    public Future<Reply> handle(AlterConfigsRequestData request, RequestContext context) {
        List<Future<AlterConfigsResourceResponse>> pending = new ArrayList<>();
        request.resources().forEach(resource -> pending.add(alter(resource, request.validateOnly())));
        return Future.join(pending).map(all -> Reply.of(new AlterConfigsResponseData().setResponses(all.list())));
    }

    private Future<AlterConfigsResourceResponse> alter(AlterConfigsResource resource, boolean validateOnly) {
        AlterConfigsResourceResponse response = new AlterConfigsResourceResponse()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        return Future.succeededFuture(resource)
                .map(wanted -> ConfigCodes.resource(wanted.resourceType(), wanted.resourceName()))
                .compose(target -> replace(target, resource, validateOnly))
                .map(response)
                .otherwise(failure ->
                        response.setErrorCode(Failures.code(failure)).setErrorMessage(Failures.message(failure)));
    }

    private Future<Void> replace(ConfigResource target, AlterConfigsResource resource, boolean validateOnly) {
        return topics.describeConfigs(target)
                .compose(entries -> topics.alterConfigs(target, changes(resource, entries), validateOnly));
    }

    private static List<ConfigChange> changes(AlterConfigsResource resource, List<ConfigEntry> entries) {
        Set<String> named = new HashSet<>();
        List<ConfigChange> changes = new ArrayList<>();
        resource.configs().forEach(config -> {
            named.add(config.name());
            changes.add(new ConfigChange(config.name(), ConfigOperation.SET, config.value()));
        });
        for (ConfigEntry entry : entries) {
            if (entry.source() == ConfigSource.TOPIC && !named.contains(entry.name())) {
                changes.add(new ConfigChange(entry.name(), ConfigOperation.DELETE, null));
            }
        }
        return changes;
    }
}
