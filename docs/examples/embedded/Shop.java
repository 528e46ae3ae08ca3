import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ThalwegClient;
import io.thalweg.launcher.Thalweg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** A Vert.x application with a whole platform inside: one process, one event bus. */
public class Shop {

    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        JsonObject settings = new JsonObject()
                .put("node", new JsonObject().put("dataDirectory", arguments[0]))
                .put("http", new JsonObject().put("port", 0)) // any free port; the same for the others
                .put("kafka", new JsonObject().put("port", 0))
                .put("eventBus", new JsonObject().put("port", 0));
        Thalweg.start(vertx, settings)
                .compose(thalweg -> {
                    System.out.println("the HTTP door is at port " + thalweg.ports().http());
                    Orders orders = new Orders();
                    return vertx.deployVerticle(orders)
                            .compose(deployed -> orders.seen
                                    .onSuccess(order -> System.out.println("seen: " + order))
                                    .eventually(() -> vertx.undeploy(deployed))) // its consumer commits what it read
                            .eventually(thalweg::close); // the application and its Vert.x go on
                })
                .onFailure(Throwable::printStackTrace)
                .onComplete(done -> vertx.close());
    }

    /** One of the application's own verticles. */
    static class Orders extends VerticleBase {

        Future<String> seen;

        @Override
        public Future<?> start() {
            ThalwegClient client = ThalwegClient.of(vertx);
            return client.producer(ProducerConfig.defaults())
                    .send(OutgoingRecord.of("orders", null, "one pizza".getBytes(StandardCharsets.UTF_8)))
                    .compose(stored -> {
                        var consumer = client.consumer(ConsumerConfig.inGroup("kitchen"));
                        seen = Future.future(first -> consumer.handler(
                                record -> first.tryComplete(new String(record.value(), StandardCharsets.UTF_8))));
                        return consumer.subscribe(Set.of("orders"));
                    });
        }
    }
}
