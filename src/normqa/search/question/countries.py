"""Names of countries, with their capitals and the adjectives that do not begin like the name.

"Estonian" begins like Estonia and needs no entry; "Dutch" and "Tallinn" do.
"""

_TABLE = """
Afghanistan: Kabul
Albania: Tirana
Algeria: Algiers
Andorra
Angola: Luanda
Argentina: Buenos Aires
Armenia: Yerevan
Australia: Canberra
Austria: Vienna
Azerbaijan: Baku
Bahrain: Manama
Bangladesh: Dhaka
Belarus: Minsk
Belgium: Brussels, Belgian
Benin: Porto-Novo
Bhutan: Thimphu
Bolivia: La Paz, Sucre
Bosnia and Herzegovina: Bosnia, Sarajevo
Botswana: Gaborone
Brazil: Brasilia
Brunei: Bandar Seri Begawan
Bulgaria: Sofia
Burkina Faso: Ouagadougou, Burkinabe
Burundi: Gitega
Cabo Verde: Cape Verde, Praia
Cambodia: Phnom Penh, Khmer
Cameroon: Yaounde
Canada: Ottawa
Central African Republic: Bangui
Chad: N'Djamena
Chile: Santiago
China: Beijing, Chinese, PRC
Colombia: Bogota
Comoros: Moroni
Congo: Brazzaville, Kinshasa, DRC
Costa Rica: San Jose
Cote d'Ivoire: Ivory Coast, Ivorian, Abidjan, Yamoussoukro
Croatia: Zagreb
Cuba: Havana
Cyprus: Nicosia, Cypriot
Czech Republic: Czechia, Czech, Prague
Denmark: Copenhagen, Danish, Dane, Danes
Djibouti
Dominican Republic: Santo Domingo
Ecuador: Quito
Egypt: Cairo
El Salvador: San Salvador, Salvadoran
Equatorial Guinea: Malabo
Eritrea: Asmara
Estonia: Tallinn
Eswatini: Mbabane, Swazi, Swaziland
Ethiopia: Addis Ababa
Fiji: Suva
Finland: Helsinki, Finnish, Finn, Finns
France: Paris, French
Gabon: Libreville
Gambia: Banjul
Georgia: Tbilisi
Germany: Berlin, Bonn
Ghana: Accra
Greece: Athens, Greek, Hellenic
Guatemala
Guinea: Conakry
Guinea-Bissau: Bissau
Guyana: Georgetown
Haiti: Port-au-Prince
Honduras: Tegucigalpa
Hungary: Budapest
Iceland: Reykjavik
India: New Delhi, Delhi
Indonesia: Jakarta
Iran: Tehran, Persia, Persian
Iraq: Baghdad
Ireland: Dublin, Irish
Israel: Jerusalem, Tel Aviv
Italy: Rome, Italian
Jamaica: Kingston
Japan: Tokyo
Jordan: Amman
Kazakhstan: Astana, Kazakh
Kenya: Nairobi
Kosovo: Pristina
Kuwait
Kyrgyzstan: Bishkek, Kyrgyz
Laos: Vientiane, Lao
Latvia: Riga
Lebanon: Beirut, Lebanese
Lesotho: Maseru, Basotho
Liberia: Monrovia
Libya: Tripoli
Liechtenstein: Vaduz
Lithuania: Vilnius
Luxembourg
Madagascar: Antananarivo, Malagasy
Malawi: Lilongwe
Malaysia: Kuala Lumpur, Malay
Maldives: Male
Mali: Bamako
Malta: Valletta
Mauritania: Nouakchott
Mauritius: Port Louis
Mexico: Mexico City
Moldova: Chisinau
Monaco: Monegasque
Mongolia: Ulaanbaatar
Montenegro: Podgorica
Morocco: Rabat, Moroccan
Mozambique: Maputo
Myanmar: Burma, Burmese, Naypyidaw, Yangon
Namibia: Windhoek
Nepal: Kathmandu
Netherlands: The Hague, Amsterdam, Dutch, Holland
New Zealand: Wellington, Kiwi
Nicaragua: Managua
Niger: Niamey
Nigeria: Abuja, Lagos
North Korea: Pyongyang, DPRK
North Macedonia: Skopje, Macedonia
Norway: Oslo, Norwegian
Oman: Muscat
Pakistan: Islamabad
Palestine: Ramallah
Panama
Papua New Guinea: Port Moresby
Paraguay: Asuncion
Peru: Lima
Philippines: Manila, Filipino
Poland: Warsaw, Polish, Pole, Poles
Portugal: Lisbon
Qatar: Doha
Romania: Bucharest
Russia: Moscow, Kremlin, Soviet, USSR
Rwanda: Kigali
Saudi Arabia: Riyadh, Saudi
Senegal: Dakar
Serbia: Belgrade, Serb
Seychelles: Victoria
Sierra Leone: Freetown
Singapore
Slovakia: Bratislava, Slovak
Slovenia: Ljubljana, Slovene
Somalia: Mogadishu
South Africa: Pretoria, Cape Town
South Korea: Korea, Seoul
South Sudan: Juba
Spain: Madrid, Spanish, Spaniard
Sri Lanka: Colombo
Sudan: Khartoum
Suriname: Paramaribo
Sweden: Stockholm, Swedish, Swede, Swedes
Switzerland: Bern, Swiss, Geneva
Syria: Damascus
Taiwan: Taipei
Tajikistan: Dushanbe, Tajik
Tanzania: Dodoma
Thailand: Bangkok, Thai
Togo: Lome
Trinidad and Tobago: Trinidad, Port of Spain
Tunisia: Tunis
Turkey: Türkiye, Turkiye, Ankara, Turkish, Turk, Turks
Turkmenistan: Ashgabat, Turkmen
Uganda: Kampala
Ukraine: Kyiv, Kiev
United Arab Emirates: UAE, Abu Dhabi, Dubai, Emirati
United Kingdom: UK, Britain, Great Britain, British, Briton, Britons, England, English, London
United States: US, USA, U.S., America, American, Americans, Washington
Uruguay: Montevideo
Uzbekistan: Tashkent, Uzbek
Venezuela: Caracas
Vietnam: Viet Nam, Hanoi
Yemen: Sanaa
Zambia: Lusaka
Zimbabwe: Harare
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for line in table.strip().splitlines():
        country, _, others = line.partition(":")
        forms = (country, *(form.strip() for form in others.split(",") if form.strip()))
        names |= dict.fromkeys(forms, forms)
    return names


COUNTRY_NAMES = _read(_TABLE)
"""All names of a country, by each of them."""
