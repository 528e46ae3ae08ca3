package com.acme;

import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/** Tells of every page that reached a number of clicks, with the client: bytes, groups, commits. */
public class Alerts extends VerticleBase {

    private Producer producer;
    private Consumer consumer;

    @Override
    public Future<?> start() {
        ThalwegClient client = ThalwegClient.of(vertx);
        producer = client.producer(ProducerConfig.defaults());
        consumer = client.consumer(ConsumerConfig.inGroup("alerts"));
        consumer.handler(this::onCount);
        // A group may subscribe only to topics that exist.
        return client.topics().getOrAutoCreate("pages").compose(pages -> consumer.subscribe(Set.of("pages")));
    }

    private void onCount(ReceivedRecord record) {
        int count = new JsonObject(Buffer.buffer(record.value())).getInteger("count");
        if (count == config().getInteger("clicks", 10)) {
            byte[] alert = new JsonObject().put("clicks", count).toBuffer().getBytes();
            consumer.pause(); // at most one alert on its way
            producer.send(OutgoingRecord.of("alerts", record.key(), alert)).onComplete(sent -> consumer.resume());
        }
    }

    @Override
    public Future<?> stop() {
        return consumer.close().compose(closed -> producer.close());
    }
}
