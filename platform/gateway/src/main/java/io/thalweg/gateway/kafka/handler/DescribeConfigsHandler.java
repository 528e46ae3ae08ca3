package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;

/** Settings of topics and brokers, defaults included. */
final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequestData> {

    private final TopicsApi topics;

    DescribeConfigsHandler(TopicsApi topics) {
        this.topics = topics;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public Future<Reply> handle(DescribeConfigsRequestData request, RequestContext context) {
        List<Future<DescribeConfigsResult>> pending = new ArrayList<>();
        request.resources().forEach(resource -> pending.add(describe(resource, request)));
        return Future.join(pending).map(all -> Reply.of(new DescribeConfigsResponseData().setResults(all.list())));
    }

    private Future<DescribeConfigsResult> describe(
            DescribeConfigsResource resource, DescribeConfigsRequestData request) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        return Future.succeededFuture(resource)
                .map(wanted -> ConfigCodes.resource(wanted.resourceType(), wanted.resourceName()))
                .compose(topics::describeConfigs)
                .map(entries -> result.setConfigs(chosen(entries, resource.configurationKeys(), request)))
                .otherwise(failure ->
                        result.setErrorCode(Failures.code(failure)).setErrorMessage(Failures.message(failure)));
    }

    private static List<DescribeConfigsResourceResult> chosen(
            List<ConfigEntry> entries, List<String> names, DescribeConfigsRequestData request) {
        List<DescribeConfigsResourceResult> chosen = new ArrayList<>();
        for (ConfigEntry entry : entries) {
            // Null asks for all; so does an empty list, which is what kafkajs sends.
            if (names == null || names.isEmpty() || names.contains(entry.name())) {
                chosen.add(config(entry, request));
            }
        }
        return chosen;
    }

    private static DescribeConfigsResourceResult config(ConfigEntry entry, DescribeConfigsRequestData request) {
        String value = entry.sensitive() ? null : entry.value();
        byte source = ConfigCodes.source(entry.source());
        DescribeConfigsResourceResult config = new DescribeConfigsResourceResult()
                .setName(entry.name())
                .setValue(value)
                .setReadOnly(entry.readOnly())
                .setConfigSource(source)
                .setIsSensitive(entry.sensitive())
                .setConfigType(ConfigCodes.type(entry.type()));
        if (request.includeSynonyms()) {
            config.setSynonyms(List.of(new DescribeConfigsSynonym()
                    .setName(entry.name())
                    .setValue(value)
                    .setSource(source)));
        }
        return request.includeDocumentation() ? config.setDocumentation(entry.documentation()) : config;
    }
}
