package io.thalweg.system.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.thalweg.system.architecture.PlatformClasses.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Rules of style that a compiler does not hold. */
class StyleRulesTest {

    /** Where a thread may wait: the main thread of a command. */
    private static final String[] MAY_WAIT = {"io.thalweg.launcher.command..", "io.thalweg.launcher.demo.."};

    @Test
    void nobodySleeps() {
        noClasses().should().callMethodWhere(calls(Thread.class, "sleep")).check(ALL);
    }

    @Test
    void nobodyWaitsForAFutureOutsideTheListedPlaces() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAY_WAIT)
                .should()
                .callMethodWhere(calls(java.util.concurrent.Future.class, "get|resultNow")
                        .or(calls(CompletableFuture.class, "join"))
                        .or(calls(io.vertx.core.Future.class, "await")))
                .check(ALL);
    }

    @Test
    void nobodyPrintsOutsideTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.thalweg.launcher..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(ALL);
    }

    /** So that a simulation can replace them. */
    @Test
    void theEngineReachesTimeAndRandomnessThroughItsEnvironment() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.thalweg.log..",
                        "io.thalweg.replication..",
                        "io.thalweg.coordination..",
                        "io.thalweg.broker..")
                .and()
                .doNotHaveFullyQualifiedName("io.thalweg.broker.VertxTimers") // makes the real environment
                .should()
                .callMethodWhere(calls(System.class, "nanoTime|currentTimeMillis"))
                .orShould()
                .callMethodWhere(calls(java.nio.file.Files.class, ".*"))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class)
                .check(ALL);
    }

    @Test
    void nobodyDeserialisesJavaObjects() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(java.io.ObjectInputStream.class)
                .check(ALL);
    }

    @Test
    void everyPackageExplainsItselfAndIsNullMarked() {
        Set<String> without = new TreeSet<>();
        for (JavaClass type : ALL) {
            JavaPackage owner = type.getPackage();
            if (!owner.isAnnotatedWith(NullMarked.class)) {
                without.add(owner.getName());
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void packagesAreNamedByAnIdea() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass type : ALL) {
            String name = type.getPackageName();
            if (name.matches(".*\\.(util|utils|common|helper|helpers|manager|impl|misc)(\\..*)?")) {
                wrong.add(name);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaCall<?>> calls(
            Class<?> owner, String methods) {
        return DescribedPredicate.describe(
                "calls " + owner.getSimpleName() + "." + methods,
                call -> call.getTargetOwner().isAssignableTo(owner)
                        && call.getName().matches(methods));
    }
}
