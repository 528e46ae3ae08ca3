package com.acme;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** Counts clicks by page, over the event bus: subscribes to one topic and publishes to another. */
public class Pages extends VerticleBase {

    private final Map<String, Integer> counts = new HashMap<>();
    private String subscription;

    @Override
    public Future<?> start() {
        String address = "pages-" + deploymentID();
        vertx.eventBus().consumer(address, this::onClick); // listen first, then ask for records
        JsonObject wanted = new JsonObject()
                .put("from", "earliest")
                .put("credits", 100) // at most so many clicks on their way to us
                .put("address", address);
        return vertx.eventBus()
                .request("admin.topics.create", new JsonObject().put("name", "clicks")) // fails if it exists: fine
                .transform(created -> vertx.eventBus()
                        .<JsonObject>request("subscribe", wanted, new DeliveryOptions().addHeader("topic", "clicks")))
                .onSuccess(answer -> subscription = answer.body().getString("id"));
    }

    private void onClick(Message<JsonObject> click) {
        String page = click.body().getJsonObject("value").getString("page");
        int count = counts.merge(page, 1, Integer::sum);
        JsonObject record = new JsonObject().put("key", page).put("value", new JsonObject().put("count", count));
        vertx.eventBus()
                .request("produce", record, new DeliveryOptions().addHeader("topic", "pages"))
                .onSuccess(stored -> vertx.eventBus().send("credit." + subscription, new JsonObject().put("credits", 1)));
    }
}
