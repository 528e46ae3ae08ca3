package io.thalweg.connectors.runtime.herder;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.runtime.herder.ConnectorPlan.Decision;
import io.thalweg.connectors.runtime.herder.Effect.ForgetTask;
import io.thalweg.connectors.runtime.herder.Effect.Gone;
import io.thalweg.connectors.runtime.herder.Effect.StartTask;
import io.thalweg.connectors.runtime.herder.Effect.StopTask;
import io.thalweg.connectors.runtime.store.TargetState;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnectorPlanTest {

    private static final JsonObject CONFIG = new JsonObject();

    private static ConnectorPlan running() {
        Decision started = ConnectorPlan.create("c", TargetState.STARTED).configured(List.of(CONFIG));
        return started.next().started(0, 1).next();
    }

    private static String state(ConnectorPlan plan) {
        return plan.taskState(plan.slots().get(0));
    }

    @Test
    void aConfiguredConnectorStartsItsTasks() {
        Decision decision = ConnectorPlan.create("c", TargetState.STARTED).configured(List.of(CONFIG, CONFIG));
        assertThat(decision.effects()).containsExactly(new StartTask(0, 1, CONFIG), new StartTask(1, 2, CONFIG));
        assertThat(decision.next().connectorState()).isEqualTo("RUNNING");
        assertThat(state(decision.next())).isEqualTo("UNASSIGNED");
        assertThat(state(running())).isEqualTo("RUNNING");
    }

    @Test
    void aPausedConnectorKeepsItsTasksAndAStoppedOneHasNone() {
        Decision pausing = running().targeted(TargetState.PAUSED);
        assertThat(pausing.effects()).containsExactly(new StopTask(0, 1));
        ConnectorPlan paused = pausing.next().ended(0, 1, null).next();
        assertThat(state(paused)).isEqualTo("PAUSED");

        Decision stopping = paused.targeted(TargetState.STOPPED);
        assertThat(stopping.effects()).containsExactly(new ForgetTask(0));
        assertThat(stopping.next().slots()).isEmpty();
        assertThat(stopping.next().connectorState()).isEqualTo("STOPPED");
        assertThat(stopping.next().targeted(TargetState.STARTED).effects())
                .containsExactly(new StartTask(0, 2, CONFIG));
    }

    @Test
    void aFailedTaskStaysSoUntilItIsRestartedOrReconfigured() {
        Decision failing = running().ended(0, 1, "trace");
        assertThat(failing.effects()).isEmpty();
        assertThat(state(failing.next())).isEqualTo("FAILED");
        assertThat(failing.next().connectorState()).isEqualTo("RUNNING");

        Decision restarted = failing.next().restart(0);
        assertThat(restarted.effects()).containsExactly(new StartTask(0, 2, CONFIG));
        assertThat(state(restarted.next())).isEqualTo("RESTARTING");
        assertThat(failing.next().configured(List.of(CONFIG)).effects()).containsExactly(new StartTask(0, 2, CONFIG));
    }

    @Test
    void aTaskThatMovesStartsAgainOnceItHasStoppedAndOneThatItsNodeLostAtOnce() {
        Decision moving = running().move(0);
        assertThat(moving.effects()).containsExactly(new StopTask(0, 1));
        assertThat(moving.next().move(0).effects()).isEmpty();
        Decision moved = moving.next().ended(0, 1, null);
        assertThat(moved.effects()).containsExactly(new StartTask(0, 2, CONFIG));
        assertThat(moved.next().ended(0, 2, null).effects())
                .as("lost while it started")
                .containsExactly(new StartTask(0, 3, CONFIG));
    }

    @Test
    void aTaskOfAnOlderConfigurationIsReplacedOnceItHasStopped() {
        Decision replacing = running().configured(List.of(CONFIG));
        assertThat(replacing.effects()).containsExactly(new StopTask(0, 1));
        assertThat(replacing.next().ended(0, 1, null).effects()).containsExactly(new StartTask(0, 2, CONFIG));
    }

    @Test
    void noTaskOfAnotherConfigurationBeginsBeforeTheLastOfTheOldOneHasEnded() {
        Decision two = ConnectorPlan.create("c", TargetState.STARTED).configured(List.of(CONFIG, CONFIG));
        ConnectorPlan both = two.next().started(0, 1).next().started(1, 2).next();
        Decision replacing = both.configured(List.of(CONFIG, CONFIG));
        assertThat(replacing.effects()).containsExactly(new StopTask(0, 1), new StopTask(1, 2));
        Decision oneLeft = replacing.next().ended(0, 1, null);
        assertThat(oneLeft.effects()).isEmpty();
        assertThat(oneLeft.next().ended(1, 2, "died").effects())
                .containsExactly(new StartTask(0, 3, CONFIG), new StartTask(1, 4, CONFIG));
    }

    @Test
    void aDeletedConnectorIsGoneWhenItsLastTaskHasStopped() {
        Decision deleting = running().delete();
        assertThat(deleting.effects()).containsExactly(new StopTask(0, 1));
        assertThat(deleting.next().ended(0, 1, null).effects()).containsExactly(new ForgetTask(0), new Gone());
    }

    @Test
    void whatIsSaidOfAnEarlierInstanceChangesNothing() {
        ConnectorPlan plan = running();
        assertThat(plan.ended(0, 99, "late").next()).isSameAs(plan);
        assertThat(plan.started(0, 99).next()).isSameAs(plan);
        assertThat(plan.ended(7, 1, "no such task").next()).isSameAs(plan);
    }
}
