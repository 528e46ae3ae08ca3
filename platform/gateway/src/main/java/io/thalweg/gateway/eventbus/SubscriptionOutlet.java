package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.json.JsonWriter;

/** Where a subscription's records go. */
interface SubscriptionOutlet {

    /** No more should be sent now. */
    boolean full();

    /** @param record as RecordJsonWriter writes it */
    void deliver(String address, JsonWriter record);

    void fail(String address, Throwable failure);
}
