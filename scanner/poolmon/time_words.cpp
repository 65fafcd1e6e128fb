#include "scanner/poolmon/time_words.hpp"

#include <algorithm>

namespace scanner::poolmon {
namespace {

/// Months by the beginnings of their names, folded, in the order of the year: English, German, French, Spanish,
/// Italian, Portuguese, Dutch, Polish, Russian. Three letters and more; where three are not enough, more.
constexpr std::string_view kMonths[12] = {
    "january januar janvier enero gennaio janeiro januari styczen stycznia января",
    "february februar fevrier febrero febbraio fevereiro februari luty lutego февраля",
    "march marz mars marzo marco maart marzec marca марта",
    "april avril abril aprile kwiecien kwietnia апреля",
    "may mai mayo maggio maio mei maj maja мая",
    "june juni juin junio giugno junho czerwiec czerwca июня",
    "july juli juillet julio luglio julho lipiec lipca июля",
    "august aout agosto augustus sierpien sierpnia августа",
    "september septembre septiembre settembre setembro wrzesien wrzesnia сентября",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika октября",
    "november novembre noviembre novembro listopad listopada ноября",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia декабря"};
constexpr std::string_view kDays =
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag "
    "mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes "
    "sabado "
    "domingo lunedi martedi mercoledi giovedi venerdi sabato domenica segunda terca quarta quinta sexta feira maandag "
    "dinsdag woensdag donderdag vrijdag zaterdag zondag poniedzialek wtorek sroda czwartek piatek sobota niedziela "
    "понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс";
constexpr std::string_view kSmall = "t z um uhr a at on the le de del den der il o w kl";

/// Is the folded word in the list, whole, or with `shortest` letters at least as a beginning?
bool in_list(std::string_view word, std::string_view list, std::size_t shortest) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    const std::string_view one = list.substr(at, end - at);
    if (one == word ||
        (word.size() >= shortest && word.size() <= 4 + (static_cast<unsigned char>(word[0]) >= 0x80 ? 4U : 0U) &&
         one.starts_with(word)))
      return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

std::optional<int> month_of(std::string_view folded_word) {
  const std::size_t shortest = static_cast<unsigned char>(folded_word[0]) >= 0x80 ? 6 : 3;
  for (int month = 0; month < 12; ++month) {
    if (in_list(folded_word, kMonths[month], shortest)) return month;  // "mar", "jui": the first is the likelier
  }
  return std::nullopt;
}

bool is_time_word(std::string_view folded_word) {
  return in_list(folded_word, kDays, 3) || in_list(folded_word, kSmall, 99);
}

bool is_epoch_word(std::string_view folded_word) {
  return in_list(folded_word, "epoch unix unixtime timestamp time ts seconds sekunden", 99);
}

}  // namespace scanner::poolmon
