package io.thalweg.connectors.runtime.herder;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.runtime.herder.ConnectorPlan.Decision;
import io.thalweg.connectors.runtime.herder.Effect.Gone;
import io.thalweg.connectors.runtime.herder.Effect.StartTask;
import io.thalweg.connectors.runtime.herder.Effect.StopTask;
import io.thalweg.connectors.runtime.store.TargetState;
import io.thalweg.testkit.Seeds;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Goal: no order of events makes two instances of a task exist, or leaves one running that nobody wants. Method: random
 * events; instances start, fail and stop when the seed says; invariants after each event.
 */
final class ConnectorPlanPropertyTest {

    @Seeds(count = 200)
    void atMostOneInstanceOfATaskExistsAndTheLastWishComesTrue(long seed) {
        Random random = new Random(seed);
        ConnectorPlan plan = ConnectorPlan.create("c", TargetState.STARTED);
        // Instances that exist, by number: whether they were told to stop.
        Map<Long, Integer> instances = new TreeMap<>();
        Map<Long, Boolean> stopping = new TreeMap<>();
        boolean gone = false;
        for (int step = 0; step < 300 && !gone; step++) {
            Decision decision = event(random, plan, instances, stopping, step > 280);
            plan = decision.next();
            plan.checkInvariants();
            for (Effect effect : decision.effects()) {
                if (effect instanceof StartTask start) {
                    assertThat(instances.values()).as("seed=" + seed).doesNotContain(start.index());
                    for (TaskSlot slot : plan.slots().values()) {
                        assertThat(!slot.phase().exists() || slot.generation() == plan.generation())
                                .as("seed=" + seed + " " + slot)
                                .isTrue();
                    }
                    instances.put(start.instance(), start.index());
                    stopping.put(start.instance(), false);
                } else if (effect instanceof StopTask stop) {
                    assertThat(instances).as("seed=" + seed).containsKey(stop.instance());
                    stopping.put(stop.instance(), true);
                } else if (effect instanceof Gone) {
                    gone = true;
                }
            }
        }
        plan = settle(plan, instances, stopping);
        if (plan.deleted()) {
            assertThat(plan.slots()).as("seed=" + seed).isEmpty();
        } else if (plan.target() != TargetState.STARTED) {
            assertThat(instances).as("seed=" + seed).isEmpty();
        }
    }

    private static Decision event(
            Random random,
            ConnectorPlan plan,
            Map<Long, Integer> instances,
            Map<Long, Boolean> stopping,
            boolean last) {
        switch (random.nextInt(last ? 12 : 11)) {
            case 0 -> {
                return plan.configured(Collections.nCopies(1 + random.nextInt(4), new JsonObject()));
            }
            case 1 -> {
                return plan.unusable("wrong");
            }
            case 2, 3 -> {
                return plan.targeted(TargetState.values()[random.nextInt(3)]);
            }
            case 4 -> {
                return plan.restart(random.nextInt(4));
            }
            case 5 -> {
                return plan.move(random.nextInt(4));
            }
            case 11 -> {
                return plan.delete();
            }
            default -> {
                List<Long> known = new ArrayList<>(instances.keySet());
                if (known.isEmpty()) {
                    return new Decision(plan, List.of());
                }
                long number = known.get(random.nextInt(known.size()));
                int index = instances.get(number);
                if (stopping.get(number) || random.nextInt(4) == 0) {
                    instances.remove(number);
                    boolean failed = !stopping.remove(number) || random.nextInt(5) == 0;
                    return plan.ended(index, number, failed ? "failed" : null);
                }
                return plan.started(index, number);
            }
        }
    }

    private static ConnectorPlan settle(ConnectorPlan from, Map<Long, Integer> instances, Map<Long, Boolean> stopping) {
        ConnectorPlan plan = from;
        for (long number : List.copyOf(instances.keySet())) {
            if (stopping.get(number)) {
                int index = instances.remove(number);
                Decision decision = plan.ended(index, number, null);
                plan = decision.next();
                for (Effect effect : decision.effects()) {
                    if (effect instanceof StartTask start) {
                        instances.put(start.instance(), start.index());
                        stopping.put(start.instance(), false);
                    }
                }
            }
        }
        return plan;
    }
}
