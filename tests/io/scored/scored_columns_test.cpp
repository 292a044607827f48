// Plain tables of scorings: which names of columns are understood, in which languages, and what is ambiguous.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

// Eight hours from 22:30.
Recording night() {
    Recording r;
    r.segments = {{0s, 8h}};
    r.start = {Date{2020, 3, 1}, 22h + 30min};
    return r;
}

// "W N1 | arousal 10 3 | lights 5 -; format", or why not.
std::string read(const std::string& text, ScoringUse use = ScoringUse::everything) {
    try {
        ScoringOptions options;
        options.use = use;
        options.classes = {"leg_movement", "periodic_leg_movement", "hypnic_jerk"};
        Findings findings;
        const Recording r = night();
        const auto s = understand(read_scored_text(text, "t", r, use), r, options, findings);
        std::string out;
        if (s.hypnogram)
            for (std::size_t i = 0; i < std::min<std::size_t>(4, s.hypnogram->stages.size()); ++i)
                out += (i ? " " : "") + std::string(stage_name(s.hypnogram->stages[i]));
        for (const EventList* list : {&s.respiratory, &s.arousals, &s.movements})
            for (const Event& e : *list)
                out += (out.empty() ? "" : " | ") + e.kind + " " + format_seconds(e.extent.onset) + " " +
                       format_seconds(e.extent.duration()) + (e.side == Side::none ? "" : " " + std::string(side_name(e.side)));
        for (const auto& [name, n] : s.unknown) out += " unknown " + name;
        return out;
    } catch (const DataError& e) {
        return e.what();
    }
}

}  // namespace

TEST_CASE("columns of events under many names") {
    for (const char* header :
         {"event,onset,end_time", "label,start,stop", "description,start_time,end_time", "type,begin,end",
          "annotation,Onset (s),Offset (s)", "event_name,start_sec,stop_sec", "name,from,to", "text,onset,until",
          "Ereignis,Beginn,Ende", "Typ,Startzeit,Endzeit", "Type d'événement,Début,Fin", "Evento,Inicio,Fin",
          "evento,inizio [s],fine [s]", "Gebeurtenis,Begin,Einde", "Händelse,Start,Slut", "comment,onset,finish"}) {
        INFO(header);
        CHECK(read(std::string(header) + "\nArousal,100,103.5\nHypopnea,200,215\n") ==
              "hypopnea 200 15 | arousal 100 3.5");
    }
    for (const char* header : {"event,onset,duration", "Bezeichnung,Anfang,Dauer [s]", "libellé,début,durée (s)",
                               "descripción,comienzo,duración", "descrizione,inizio,durata", "omschrijving,aanvang,duur"}) {
        INFO(header);
        CHECK(read(std::string(header) + "\nArousal,100,3.5\n") == "arousal 100 3.5");
        CHECK(read(std::string(header) + "\nArousal,100,0:00:03.5\n") == "arousal 100 3.5");
    }
    CHECK(read("event;start;end;Bein\nPLM;100;102;links\n", ScoringUse::movements) == "leg_movement 100 2 L");
    CHECK(read("Ereignis;Zeit;Dauer\nArousal;23:30:00;3,5\n") == "arousal 3600 3.5");
    CHECK(read("event\tstart\tend\nArousal\t23:30:00\t23:30:04\n") == "arousal 3600 4");
}

TEST_CASE("a hypnogram is no list of events without names") {
    const std::string rows = "\n0,30,W\n30,30,N1\n60,30,N2\n";
    for (const ScoringUse use : {ScoringUse::movements, ScoringUse::respiratory, ScoringUse::arousals})
        CHECK_THAT(read("onset,duration,stage" + rows, use), Contains("a hypnogram, and no events"));
    CHECK_THAT(read("onset,duration,stage\n0,30,W\n30,90,N1\n120,60,N2\n", ScoringUse::movements), Contains("a hypnogram"));
    // movements with the stage that each was in
    CHECK(read("onset,duration,stage\n0,30,W\n30,30,N1\n61,3,N2\n", ScoringUse::arousals) == "arousal 0 30 | arousal 30 30 | arousal 61 3");
}

TEST_CASE("columns of stages in several languages") {
    for (const char* header :
         {"Schlafstadium;Beginn;Dauer", "Stade de sommeil;Début;Durée", "Etapa de sueño;Inicio;Duración",
          "Fase del sonno;Inizio;Durata", "Slaapstadium;Begin;Duur", "Estágio;Início;Duração", "Sömnstadium;Start;Varaktighet"}) {
        INFO(header);
        CHECK(read(std::string(header) + "\nW;0;30\nN1;30;30\nN2;60;60\n") == "W N1 N2 N2");
        CHECK(read(std::string(header) + "\nW;22:30:00;30\nN1;22:30:30;30\nN2;22:31:00;60\n") == "W N1 N2 N2");
    }
    CHECK(read("Uhrzeit;Schlafstadium\n22:30:00;Wach\n22:30:30;N1\n") == "W N1 ? ?");
    CHECK(read("Epoche;Stadium\n1;W\n2;N1\n") == "W N1 ? ?");
    CHECK(read("epoch,stage,note\n1,W,calibration\n2,N1,\n") == "W N1 ? ?");  // notes beside stages are no events
    CHECK(read("epoch,time,stage\n1,0.5,W\n2,1.0,N1\n") == "W N1 ? ?");  // minutes, or what: the epochs tell
}

TEST_CASE("ambiguous columns are refused with the line and the remedy") {
    CHECK_THAT(read("event,start,end\nArousal,00:10:00,00:10:03\n"),
               Contains("t line 2") && Contains("could be a time of day or a time since the start") && Contains("name the column 'time'"));
    CHECK_THAT(read("event,onset,end\nArousal,600,00:10:03\n"), Contains("t line 2") && Contains("could be a time of day"));
    CHECK_THAT(read("event,onset,start,duration\nArousal,10,10.2,3\nArousal,20,90,3\n"),
               Contains("t line 3: columns 'onset' and 'start' differ"));
    CHECK_THAT(read("event,onset,end,offset\nArousal,10,13,12.5\nArousal,20,23,99\n"), Contains("t line 3: columns 'offset' and 'end' differ"));
    CHECK_THAT(read("event,onset,duration,end\nArousal,10,3,13\nArousal,20,3,93\n"),
               Contains("t line 3") && Contains("contradict each other"));
    CHECK_THAT(read("event,type,onset,duration\nArousal,Hypopnea,10,3\n"), Contains("t line 2: columns 'type' and 'event' name different things"));
    CHECK_THAT(read("event,onset_ms,duration\nArousal,10,3\n"), Contains("no column of onsets"));
    CHECK_THAT(read("event,onset,duration_min\nArousal,10,3\n"), Contains("no column of durations"));
    CHECK_THAT(read("event,time,duration\nArousal,10,3\n"), Contains("t line 2: '10' in column 'time' is no time of day"));
    CHECK_THAT(read("event,onset,end\nArousal,10,\n"), Contains("has no duration"));
    CHECK_THAT(read("event,onset,duration\nArousal,10,90:10\n"), Contains("is no number of seconds"));
}

TEST_CASE("rows of stages without a time are epochs only if nothing speaks against it") {
    // stretches of one stage, told by a column that is not understood
    for (const char* table :
         {"onset_ms,stage\n0,W\n60000,N1\n90000,N2\n150000,N3\n", "sample,stage\n0,W\n6000,W\n9000,N2\n15000,N3\n",
          "Time (h);stage\n0,0;W\n0,5;N1\n0,75;N2\n1,0;N3\n", "moment,stage\n23:59:00,W\n00:00:30,N1\n00:01:00,N2\n00:01:30,N3\n",
          "stage,end_ms\nW,60000\nN1,90000\nN2,150000\nN3,180000\n"})
        CHECK_THAT(read(table), Contains("seems to tell times, which are not understood") && Contains("t line"));
    CHECK_THAT(read("stage,count\nW,2\nN1,1\nN2,2\nN1,4\n"), Contains("the stage changes with every row") && Contains("'count'"));
    // one row an epoch
    CHECK(read("onset_ms,stage\n0,W\n30000,N1\n60000,N2\n90000,N3\n") == "W N1 N2 N3");
    CHECK(read("moment,stage\n23:59:30,W\n00:00:00,N1\n00:00:30,N2\n00:01:00,N3\n") == "W N1 N2 N3");
    CHECK(read("stage,delta\nW,0.2\nW,0.1\nN2,0.7\nN3,0.3\n") == "W W N2 N3");
    // epochs with numbers and durations: none may be missing
    CHECK(read("epoch,duration,stage\n1,60,W\n3,30,N1\n4,30,N2\n") == "W W N1 N2");
    CHECK(read("epoch,duration,stage\n1,60,W\n2,30,N1\n3,30,N2\n") == "W W N1 N2");
    CHECK_THAT(read("epoch,duration,stage\n1,30,W\n2,30,N1\n4,30,N2\n"), Contains("t line 4: epoch 4 does not follow"));
    // milliseconds in a column that is only called "onset"
    CHECK_THAT(read("onset,duration,stage\n0,30000,W\n30000,30000,N1\n60000,90000,N2\n"), Contains("t line 4") && Contains("Milliseconds"));
}

TEST_CASE("of several columns of names the one that is understood is taken") {
    CHECK(read("event,type,onset,duration\n1,Arousal,10,3\n2,Hypopnea,20,12\n") == "hypopnea 20 12 | arousal 10 3");
    CHECK(read("event,type,onset,duration\nArousal,spontaneous,10,3\n") == "arousal 10 3");
    CHECK(read("type,description,onset,duration\nApnea,Obstructive apnea,10,12\nApnea,Central apnea,50,12\n") ==
          "obstructive_apnea 10 12 | central_apnea 50 12");
    CHECK(read("event,type,onset,duration\nZorp,Blip,10,3\n") == " unknown Blip");
}

TEST_CASE("annotations as a table are read as those of the recording") {
    CHECK(read("onset\tduration\ttext\n0\t0\tRecording starts\n0\t30\tSleep stage W\n30\t30\tSleep stage N2\n"
               "40\t1.5\tLimb movement #12@@EMG LAT\n70\t0\tLights off@@X\n") ==
          "W N2 ? ? | leg_movement 40 1.5 L");
    CHECK(read("Onset,Duration,Annotation\n+12.5000000,,Arousal\n+40,3,Arousal\n") == "arousal 12.5 0 | arousal 40 3");
}

TEST_CASE("JSON lines are tables") {
    CHECK(read("{\"epoch\":0,\"onset\":0.0,\"duration\":30.0,\"stage\":\"W\",\"p_w\":null}\n"
               "{\"epoch\":1,\"onset\":30.0,\"duration\":30.0,\"stage\":\"N2\",\"p_w\":0.25}\n") == "W N2 ? ?");
    CHECK(read("{\"event\": \"Arousal \\u0028x\\u0029\", \"onset\": 1e1, \"duration\": 3 }\n{\"duration\":4,\"onset\":50,\"event\":\"RERA\"}") ==
          "rera 50 4 | arousal 10 3");
    const std::string refused[] = {"{\"a\":1", "{\"a\" 1}", "{\"a\":[1]}", "{\"a\":{\"b\":1}}", "{}", "{\"a\":\"x}", "{\"a\":\"\\q\"}",
                                   "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}", "{\"a\":x}", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "{\"a\":1,}"};
    for (const std::string& line : refused) {
        INFO(line);
        CHECK_THAT(read(line), Contains("t line 1: "));
    }
    const std::string row = "{\"event\":\"RERA\",\"onset\":1,\"duration\":1}\n";
    for (const char* second : {"{\"event\":\"RERA\",\"onset\":1}", "{\"event\":\"RERA\",\"onset\":1,\"dur\":1}", "{\"onset\":1,\"onset\":1,\"duration\":1}"})
        CHECK_THAT(read(row + second), Contains("t line 2: its names are not those of the first line"));
    CHECK_THAT(read(row + "{\"event\":\"RERA\",\"onset\":\"soon\",\"duration\":1}"), Contains("t line 2: 'soon'"));
}

TEST_CASE("Luna's dates and long elapsed times") {
    const auto annot = [](const std::string& rows) { return read("class\tinstance\tchannel\tstart\tstop\tmeta\n" + rows); };
    for (const char* start : {"01-03-20-23:30:00", "1/3/2020-23:30:00", "01-Mar-2020-23:30:00", "2020-03-01-23:30:00", "01-03-20-11:30:00pm",
                              "0+01:00:00", "0+1:00:00", "2020-03-01 23:30:00"}) {
        INFO(start);
        CHECK(annot("arousal\t.\t.\t" + std::string(start) + "\t+3\t.\n") == "arousal 3600 3");
    }
    CHECK(annot("arousal\t.\t.\t02-03-20-00:30:00\t02-03-20-00:30:02.5\t.\n") == "arousal 7200 2.5");
    CHECK(annot("arousal\t.\t.\t0+26:00:00\t0+26:00:03\t.\n") == "arousal 93600 3");
    CHECK(read("arousal\t.\t02-03-20-00:30:00\t+2\n# x | y\n").find("no column") != std::string::npos);
    for (const char* start : {"32-03-20-23:30:00", "01-13-20-23:30:00", "01-03-20-24:30:00", "01-03-23:30:00", "0+1:60:00", "0+1:00", "0+x", "0+-1:00:00"}) {
        INFO(start);
        CHECK_THAT(annot("arousal\t.\t.\t" + std::string(start) + "\t+3\t.\n"), Contains("t line 2: '" + std::string(start) + "' is no time"));
    }
    // a date in another order of day and month is not near the recording: the time of day decides, and it is told
    CHECK(annot("arousal\t.\t.\t03-01-20-23:30:00\t+3\t.\n") == "arousal 3600 3");
}

TEST_CASE("of two columns of stages that differ none is taken") {
    CHECK_THAT(read("epoch,stage,stage_manual\n0,W,W\n1,N1,N2\n"),
               Contains("t line 3: columns 'stage' and 'stage_manual' hold different stages"));
    CHECK_THAT(read("epoch,manual_stage,stage\n0,W,W\n1,N1,?\n"), Contains("'stage' and 'manual_stage'"));
    CHECK_THAT(read("stage,hypnogram\nW,W\nN1,N2\n"), Contains("hold different stages"));
    CHECK_THAT(read("epoch,stage,stage_manual\n0,0,0\n1,2,3\n2,5,5\n"), Contains("hold different stages"));
    CHECK(read("epoch,stage,stage_manual\n0,W,\n1,N1,n/a\n") == "W N1 ? ?");         // nobody corrected anything
    CHECK(read("epoch,stage,stage_code\n0,W,0\n1,N3,3\n2,R,4\n") == "W N3 R ?");     // libpsg's codes
    CHECK(read("epoch,stage,stage_rk\n0,W,0\n1,N3,4\n2,R,5\n") == "W N3 R ?");
    CHECK(read("epoch,stage,stage_confidence\n0,W,0.5\n1,N3,1\n") == "W N3 ? ?");
    CHECK_THAT(read("epoch,stage_manual\n0,W\n"), Contains("no column of stages"));
}

TEST_CASE("abbreviations of events") {
    CHECK(read("onset,duration,event\n10,12,OA\n40,11,CA\n") == "obstructive_apnea 10 12 | central_apnea 40 11");
    CHECK(read("onset,duration,event\n10,2,RLM\n40,3,LLM\n") == " unknown LLM unknown RLM");
    Findings findings;
    const Recording r = night();
    understand(read_scored_text("onset,duration,event\n10,2,RLM\n40,3,MA\n", "t", r), r, {}, findings);
    REQUIRE(findings.size() == 1);
    CHECK_THAT(findings[0].message, Contains("1 'MA' (mixed apnea, or microarousal)") &&
                                        Contains("1 'RLM' (right leg movement, or a respiratory-related one)"));
}
