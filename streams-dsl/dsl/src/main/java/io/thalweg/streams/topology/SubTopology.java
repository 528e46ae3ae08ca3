package io.thalweg.streams.topology;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The nodes that run together in one task for each partition: what hangs together by edges or by stores.
 *
 * @param id counts from 0 in the order of definition
 * @param nodes upstream before downstream
 * @param sourceTopics what its tasks read, repartition topics among them; partition p of each goes to task p
 * @param copartitioned groups of source topics that must have the same number of partitions
 * @param stores of each of its tasks
 * @param globalStores that its nodes read
 * @param repartitionSinks repartition topics that it writes
 */
public record SubTopology(
        int id,
        List<Node> nodes,
        Set<String> sourceTopics,
        List<Set<String>> copartitioned,
        List<StoreSpec> stores,
        Set<String> globalStores,
        Set<String> repartitionSinks) {

    public SubTopology {
        nodes = List.copyOf(nodes);
        sourceTopics = Set.copyOf(sourceTopics);
        copartitioned = List.copyOf(copartitioned);
        stores = List.copyOf(stores);
        globalStores = Set.copyOf(globalStores);
        repartitionSinks = Set.copyOf(repartitionSinks);
    }

    public JsonObject toJson() {
        JsonArray nodesJson = new JsonArray();
        nodes.forEach(node -> nodesJson.add(node.toJson()));
        JsonArray storesJson = new JsonArray();
        stores.forEach(store -> storesJson.add(store.toJson()));
        return new JsonObject()
                .put("id", id)
                .put("sourceTopics", sorted(sourceTopics))
                .put("repartitionSinks", sorted(repartitionSinks))
                .put("globalStores", sorted(globalStores))
                .put("nodes", nodesJson)
                .put("stores", storesJson);
    }

    private static JsonArray sorted(Set<String> names) {
        return new JsonArray(List.copyOf(new TreeSet<>(names)));
    }
}
